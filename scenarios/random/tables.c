// Page tables of a random program: what they hold at first, entries to change them to, and the
// addresses that make them matter.
//
// Two rules keep every program inside what the architecture promises: an entry that a store could
// reach without a fence is never writable through any mapping (tables and code are mapped read-only
// but in the identity mapping, which no random store uses), and identity and alias of the code are
// never changed.
#include "scenarios/random/gen.h"

#define MEGA(address) ((address) & ~(MEGAPAGE_SIZE - 1))
#define ROOT_INDEX(va) ((va) >> 22)

// ---- entries

// Of a superpage R, W and X are never all 0: that would make it a pointer, and the code a page
// table.
static u32 random_flags(struct program *p, bool super)
{
    static const u32 rights[] = {PTE_R,         PTE_R | PTE_W,         PTE_R | PTE_W,        PTE_X,
                                 PTE_R | PTE_X, PTE_R | PTE_W | PTE_X, PTE_R | PTE_W | PTE_X};
    static const u32 reserved[] = {PTE_W, PTE_W | PTE_X, 0};
    struct rng *r = &p->rng;
    u32 flags = rng_percent(r, 94) ? RNG_PICK(r, rights) : reserved[rng_below(r, super ? 2 : 3)];
    flags |= rng_percent(r, 95) ? PTE_V : 0;
    flags |= rng_percent(r, 50) ? PTE_U : 0;
    flags |= rng_percent(r, 10) ? PTE_G : 0;
    flags |= rng_percent(r, 80) ? PTE_A : 0;
    flags |= rng_percent(r, 75) ? PTE_D : 0;
    return flags | (rng_percent(r, 10) ? rng_below(r, 4) << 8 : 0);
}

// A page that is no RAM of the program's own: a device, beyond RAM, beyond 32 bits.
static u32 strange_entry(struct program *p, u32 flags)
{
    static const u32 devices[] = {0x10000000, 0x10001000, 0x10010000, 0x0c000000,
                                  0x0c002000, 0x0c201000, 0x00100000};
    struct rng *r = &p->rng;
    switch (rng_below(r, p->portable ? 2 : 4)) {
    case 0:
        return PTE_MAKE(0xc0000000u + 0x1000 * rng_below(r, 1024), flags);
    case 1:
        return PTE_MAKE(0x00200000u, flags);
    case 2:
        return 0xc0000000u | rng_below(r, 0x40000) << 10 | flags;
    default:
        return PTE_MAKE(RNG_PICK(r, devices), flags);
    }
}

u32 tables_leaf(struct program *p, bool super)
{
    struct rng *r = &p->rng;
    u32 flags = random_flags(p, super);
    u32 kind = rng_below(r, 100);
    if (kind >= 88)
        return strange_entry(p, flags);
    if (super) // misaligned superpages are page faults
        return PTE_MAKE(LAYOUT_CODE + (kind >= 80 ? 0x1000u << rng_below(r, 10) : 0), flags);
    if (kind >= 84)
        return PTE_MAKE(LAYOUT_TABLES + 0x1000 * rng_below(r, 8 * p->spaces),
                        flags & ~(u32)(PTE_W | PTE_X));
    if (kind >= 80)
        return PTE_MAKE(LAYOUT_CODE + 0x1000 * rng_below(r, 8), flags & ~(u32)(PTE_W | PTE_X));
    return PTE_MAKE(LAYOUT_DATA + 0x1000 * rng_below(r, LAYOUT_DATA_PAGES), flags);
}

u32 tables_satp(struct program *p, u32 space)
{
    u32 asid = space + 1 + 8 * rng_below(&p->rng, rng_percent(&p->rng, 60) ? 2 : SPACE_ASIDS);
    if (space == 0 && rng_percent(&p->rng, 30))
        asid = 0;
    return SATP_MODE | asid << 22 | LAYOUT_ROOT(space) >> 12;
}

// ---- what the tables hold at first

static void entry(struct program *p, u32 at, u32 pte)
{
    piece_begin(p, "table entry", false, true);
    piece_line(p, "    .word 0x%x, 0x%x", at, pte);
    piece_end(p);
}

// An entry of a root table that the program cannot do without.
static void kept_entry(struct program *p, u32 space, u32 va, u32 pte)
{
    piece_line(p, "    .word 0x%x, 0x%x", LAYOUT_ROOT(space) + 4 * ROOT_INDEX(va), pte);
}

static u32 pointer(u32 space, enum leaf_table table)
{
    return PTE_MAKE(LAYOUT_LEAF(space, table), PTE_V);
}

static void write_frame_of(struct program *p, u32 space)
{
    struct rng *r = &p->rng;
    const u32 all = PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D;
    piece_begin(p, "code and devices of a space", true, true);
    for (u32 i = 0; i < 2; i++)
        p->small_pages[i][space] = rng_percent(r, 25);
    u32 global = rng_percent(r, 20) ? PTE_G : 0;
    kept_entry(p, space, LAYOUT_CODE,
               p->small_pages[0][space] ? pointer(space, LEAF_IDENTITY)
                                        : PTE_MAKE(LAYOUT_CODE, all | global));
    u32 user = all | PTE_U;
    if (rng_percent(r, 30))
        user &= ~(u32)(PTE_W | PTE_D);
    kept_entry(p, space, VA_ALIAS,
               p->small_pages[1][space] ? pointer(space, LEAF_ALIAS) : PTE_MAKE(LAYOUT_CODE, user));
    piece_end(p);
    if (p->portable)
        return;
    for (u32 i = 0; i < 2; i++) {
        u32 at = i ? 0x0c000000 : 0x10000000;
        u32 flags = PTE_V | PTE_R | PTE_W | PTE_A | PTE_D | (rng_percent(r, 15) ? PTE_U : 0);
        flags |= rng_percent(r, 25) ? PTE_X : 0;
        if (rng_percent(r, 85))
            entry(p, LAYOUT_ROOT(space) + 4 * ROOT_INDEX(at), PTE_MAKE(at, flags));
    }
}

static void write_windows_of(struct program *p, u32 space)
{
    struct rng *r = &p->rng;
    for (u32 w = 0; w < 2; w++) {
        u32 owner = p->harts > 1 || rng_percent(r, 80) ? space : rng_below(r, p->spaces);
        u32 to = pointer(owner, LEAF_WINDOW_A + w);
        if (!p->portable &&
            rng_percent(r, 5)) // a table outside RAM: the walk itself is an access fault
            to = PTE_MAKE(rng_percent(r, 50) ? 0xc0000000u : 0x10000000u, PTE_V);
        entry(p, LAYOUT_ROOT(space) + 4 * ROOT_INDEX(VA_WINDOW(w)), to);
        for (u32 i = 0; i < WINDOW_PAGES; i++)
            if (rng_percent(r, 85))
                entry(p, LAYOUT_LEAF(space, LEAF_WINDOW_A + w) + 4 * (WINDOW_INDEX(w) + i),
                      tables_leaf(p, false));
    }
    for (u32 i = 0; i < SUPERS; i++)
        if (rng_percent(r, 80))
            entry(p, LAYOUT_ROOT(space) + 4 * ROOT_INDEX(VA_SUPER + i * MEGAPAGE_SIZE),
                  tables_leaf(p, true));
}

void tables_write(struct program *p)
{
    piece_begin(p, "snippet", true, true);
    piece_line(p, "    .balign 4\nsnippet:\n    addi a0, a0, 1\n    jr ra\ntables:");
    piece_end(p);
    for (u32 space = 0; space < p->spaces; space++) {
        write_frame_of(p, space);
        write_windows_of(p, space);
    }
}

// ---- addresses

static u32 random_page(struct program *p)
{
    struct rng *r = &p->rng;
    u32 kind = rng_below(r, 100);
    if (kind < 40)
        return VA_WINDOW_A + 0x1000 * rng_below(r, WINDOW_PAGES);
    if (kind < 60)
        return VA_WINDOW_B + 0x1000 * rng_below(r, WINDOW_PAGES);
    u32 data = 0x1000 * rng_below(r, LAYOUT_DATA_PAGES);
    if (kind < 75)
        return VA_SUPER + rng_below(r, SUPERS) * MEGAPAGE_SIZE + (LAYOUT_DATA - LAYOUT_CODE) + data;
    return LAYOUT_DATA + data;
}

// Anything but the snippet of a data page. Portable offsets are aligned: of a misaligned access
// that faults, QEMU reports another address.
static u32 random_offset(struct program *p)
{
    static const u32 edges[] = {0, 1, 2, 3, 4, 0x7fc, 0x800, 0xff8, 0xffc, 0xffd, 0xffe, 0xfff};
    struct rng *r = &p->rng;
    u32 offset = rng_percent(r, 35) ? RNG_PICK(r, edges) : rng_below(r, 0xf00);
    return p->portable || rng_percent(r, 60) ? offset & ~3u : offset;
}

u32 tables_address(struct program *p, bool store)
{
    static const u32 odd[] = {0x00200000, 0xfffffffc, 0xfffff800, 0xc0000000,
                              0xc0001000, // these five are portable
                              0xffffffff, 0xfffffffe, 0x00000000, 0x00000ffc,
                              0x00003ffe, 0x7fffffff, 0x40001000, 0x02000000};
    const u32 end = BOARD_RAM + p->options.ram;
    const u32 low[] = {0x80000000, 0x80001000, LAYOUT_TABLES + 0x30000, end - 4, end,
                       end - 2,    0x7ffffffc};
    struct rng *r = &p->rng;
    u32 kind = rng_below(r, 100), page = random_page(p), word = 4 * rng_below(r, 960);
    if (kind < 82)
        return page + random_offset(p);
    if (kind < 88) {
        u32 address = odd[rng_below(r, p->portable ? 5 : sizeof odd / sizeof *odd)];
        return store && (address >> 22) == (VA_ALIAS >> 22) ? 0 : address;
    }
    if (kind < 92 && !p->portable)
        return RNG_PICK(r, low);
    if (!store && kind < 96)
        return (p->portable || (kind & 1) ? LAYOUT_CODE : VA_ALIAS) + word;
    if (!store)
        return LAYOUT_ROOT(rng_below(r, p->spaces)) + word;
    return page + word;
}

u32 tables_target(struct program *p)
{
    static const u32 odd[] = {0x00200000,
                              0x00200002,
                              0xfffffffc,
                              0xc0000000,
                              VA_WINDOW_A + 0x7ff2, // these five are portable
                              0,
                              2,
                              0x10000000,
                              0x0c000000,
                              0x7ffffffc,
                              VA_ALIAS + LAYOUT_DATA - LAYOUT_CODE + LAYOUT_SNIPPET};
    struct rng *r = &p->rng;
    u32 page = random_page(p);
    if (rng_percent(r, 80))
        return page + LAYOUT_SNIPPET + (rng_percent(r, 5) ? 2 : 0);
    return odd[rng_below(r, p->portable ? 5 : sizeof odd / sizeof *odd)];
}
