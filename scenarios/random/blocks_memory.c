// Blocks about memory: loads, stores, LR/SC and AMO at addresses that matter; edits of page tables
// with the fences they need; other address spaces; SUM and MXR.
#include "scenarios/random/gen.h"

#define LAST_ASID 0x1ffu // free for any space to use

static u32 base_register(struct program *p)
{
    return 5 + rng_below(&p->rng, 22);
}

// li base, address - displacement; returns the displacement.
static int put_base(struct program *p, u32 base, u32 address)
{
    int displacement = rng_percent(&p->rng, 50) ? 0 : (int)rng_below(&p->rng, 4096) - 2048;
    piece_line(p, "    li x%u, 0x%x", base, address - (u32)displacement);
    return displacement;
}

static void load(struct program *p)
{
    static const char *const names[] = {"lw", "lw", "lw", "lh", "lhu", "lb", "lbu"};
    u32 base = base_register(p);
    int displacement = put_base(p, base, tables_address(p, false));
    piece_line(p, "    %s @d, %d(x%u)", RNG_PICK(&p->rng, names), displacement, base);
}

static void store(struct program *p)
{
    static const char *const names[] = {"sw", "sw", "sw", "sh", "sb"};
    u32 base = base_register(p);
    int displacement = put_base(p, base, tables_address(p, true));
    piece_line(p, "    %s @s, %d(x%u)", RNG_PICK(&p->rng, names), displacement, base);
}

static void accesses(struct program *p)
{
    for (u32 n = 1 + rng_below(&p->rng, 4); n; n--)
        rng_percent(&p->rng, 50) ? load(p) : store(p);
}

// Loads and stores at one page, again and again: the second finds what the first left in a TLB or a
// shadow.
static void same_page(struct program *p)
{
    struct rng *r = &p->rng;
    u32 base = base_register(p);
    piece_line(p, "    li x%u, 0x%x", base, (tables_address(p, true) & ~0xfffu) + 0x400);
    for (u32 n = 2 + rng_below(r, 4); n; n--) {
        int displacement = (int)rng_below(r, 1024) - 512;
        if (rng_percent(r, 50))
            piece_line(p, "    lw x%u, %d(x%u)", rng_below(r, 5), displacement & ~3, base);
        else
            piece_line(p, "    sw x%u, %d(x%u)", gen_source(p), displacement & ~3, base);
    }
}

// SUM or MXR on or off, then accesses whose result depends on it.
static void status_then_access(struct program *p)
{
    struct rng *r = &p->rng;
    u32 bits = RNG_PICK(r, ((u32[]){SSTATUS_SUM, SSTATUS_MXR, SSTATUS_SUM | SSTATUS_MXR}));
    piece_line(p, "    li t0, 0x%x\n    %s sstatus, t0", bits,
               rng_percent(r, 50) ? "csrs" : "csrc");
    same_page(p);
    accesses(p);
}

static u32 aligned_address(struct program *p)
{
    u32 address = tables_address(p, true);
    return p->portable || rng_percent(&p->rng, 90) ? address & ~3u : address;
}

static void atomic(struct program *p)
{
    static const char *const names[] = {"amoswap.w", "amoadd.w", "amoxor.w",  "amoand.w", "amoor.w",
                                        "amomin.w",  "amomax.w", "amominu.w", "amomaxu.w"};
    static const char *const order[] = {"", ".aq", ".rl", ".aqrl"};
    struct rng *r = &p->rng;
    for (u32 n = 1 + rng_below(r, 3); n; n--) {
        u32 base = base_register(p);
        piece_line(p, "    li x%u, 0x%x", base, aligned_address(p));
        const char *name = RNG_PICK(r, names);
        piece_line(p, "    %s%s @d, @s, (x%u)", name, RNG_PICK(r, order), base);
    }
}

// Load-reserved, things between, store-conditional; here or elsewhere.
static void reservation(struct program *p)
{
    static const char *const between[] = {"    nop",
                                          "    sw t1, 0(t0)",
                                          "    sw t1, 4(t0)",
                                          "    ecall",
                                          "    csrr t1, sscratch",
                                          "    sc.w t2, t1, (t0)",
                                          "    li t1, 300\n1:  addi t1, t1, -1\n    bnez t1, 1b",
                                          "    ebreak",
                                          "    lr.w t2, (t0)",
                                          "    fence.i",
                                          "    .word 0"};
    struct rng *r = &p->rng;
    u32 address = aligned_address(p) & ~3u;
    if (p->portable) { // whether SC faults without a reservation is an implementation's choice:
                       // here both succeed
        gen_to_kernel(p);
        address = LAYOUT_DATA + (address & 0x7ffc);
    }
    piece_line(p, "    li t0, 0x%x\n    lr.w x%u, (t0)", address, 8 + rng_below(r, 9));
    if (!p->portable)
        for (u32 n = rng_below(r, 3); n; n--)
            piece_line(p, "%s", RNG_PICK(r, between));
    if (!p->portable && rng_percent(r, 20))
        piece_line(p, "    li t0, 0x%x", aligned_address(p));
    piece_line(p, "    sc.w @r, @s, (t0)");
    if (!p->portable && rng_percent(r, 20))
        piece_line(p, "    sc.w @r, @s, (t0)");
}

// A reservation that another hart's turn comes between: long enough that one surely does, with a
// conditional store of that hart's own to the same word on the way. Alone it must hold all the
// while.
static void reservation_over_turns(struct program *p)
{
    struct rng *r = &p->rng;
    const u32 word = LAYOUT_DATA + 0x1000 * rng_below(r, 2) + 0x500;
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x\n    li t1, %u", word, 350 + rng_below(r, 400));
    if (rng_percent(r, 80))
        piece_line(p, "    lr.w @r, (t0)");
    piece_line(p, "1:  addi t1, t1, -1\n    nop\n    bnez t1, 1b\n    sc.w @r, @s, (t0)");
}

// ---- page tables

// A place in the tables that an edit may change, and a virtual address it translates.
struct place {
    u32 at;
    gva va;
    bool super;
};

static struct place random_place(struct program *p)
{
    struct rng *r = &p->rng;
    u32 space = rng_percent(r, 70) ? p->space : gen_space(p);
    if (rng_percent(r, 25)) {
        gva va = VA_SUPER + rng_below(r, SUPERS) * MEGAPAGE_SIZE;
        return (struct place){LAYOUT_ROOT(space) + 4 * (va >> 22), va + (rng_next(r) & 0x3ff000),
                              true};
    }
    u32 window = rng_below(r, 2), page = rng_below(r, WINDOW_PAGES);
    gva va = VA_WINDOW(window) + page * PAGE_SIZE;
    return (struct place){
        LAYOUT_LEAF(space, LEAF_WINDOW_A + window) + 4 * (WINDOW_INDEX(window) + page), va, false};
}

// By ASID: spaces may share a leaf table, so none is by the ASID of one space alone, but by every
// one there is.
static void put_fence_by_asid(struct program *p, gva va)
{
    const char *address = rng_percent(&p->rng, 50) ? "t2" : "zero";
    piece_line(p, "    li t2, 0x%x\n    li t1, %u", va, LAST_ASID);
    piece_line(p, "    sfence.vma %s, t1\n    li t1, %u", address,
               p->spaces + 1 + 8 * (SPACE_ASIDS - 1));
    piece_line(p, "1:  addi t1, t1, -1\n    sfence.vma %s, t1\n    bnez t1, 1b", address);
}

// By a call to the firmware, for this hart.
static void put_fence_by_call(struct program *p, gva va)
{
    bool all = rng_percent(&p->rng, 30), askew = rng_percent(&p->rng, 50);
    u32 before = askew ? 1 + rng_below(&p->rng, 0x3000) : 0;
    u32 size = askew ? before + 1 + rng_below(&p->rng, 64) : 0x1000u << rng_below(&p->rng, 3);
    piece_line(p, "    li a0, %u\n    li a1, 0\n    li a2, 0x%x\n    li a3, 0x%x", 1u << p->hart,
               all ? 0 : (va & ~0xfffu) - before, all ? 0xffffffffu : size);
    piece_line(p, "    li a6, 1\n    li a7, 0x52464e43\n    ecall");
}

// A fence that covers one leaf entry.
static void put_fence(struct program *p, gva va)
{
    u32 kind = rng_below(&p->rng, 100);
    if (kind < 10 && !p->portable)
        put_fence_by_asid(p, va);
    else if (kind < 20 && !p->portable)
        put_fence_by_call(p, va);
    else if (kind < 60)
        piece_line(p, "    li t2, 0x%x\n    sfence.vma t2, zero", va + rng_below(&p->rng, 4096));
    else
        piece_line(p, "    sfence.vma");
}

static void touch(struct program *p, gva va)
{
    struct rng *r = &p->rng;
    u32 words = rng_percent(r, 70) ? LAYOUT_MARKS : 0x300; // the marks tell one page from another
    piece_line(p, "    li t0, 0x%x", (va & ~0xfffu) + 4 * rng_below(r, words));
    if (rng_percent(r, 80))
        piece_line(p, "    lw @r, 0(t0)");
    if (rng_percent(r, 50))
        piece_line(p, "    sw @s, 0(t0)");
}

// Where a random store may go through a superpage: the data pages only.
static gva touchable(struct program *p, struct place place)
{
    if (!place.super)
        return place.va;
    return (place.va & ~(MEGAPAGE_SIZE - 1)) + (LAYOUT_DATA - LAYOUT_CODE) +
           0x1000 * rng_below(&p->rng, LAYOUT_DATA_PAGES);
}

static void edit(struct program *p)
{
    struct place place = random_place(p);
    gva va = touchable(p, place);
    if (rng_percent(&p->rng, 85))
        touch(p, va);
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x\n    li t1, 0x%x\n    sw t1, 0(t0)", place.at,
               tables_leaf(p, place.super));
    put_fence(p, place.super ? place.va : va);
    if (rng_percent(&p->rng, 90))
        touch(p, va);
}

// Only what an entry allows is changed, in place: bits off with a fence, bits on (an upgrade)
// without.
static void change_rights(struct program *p)
{
    static const u32 off[] = {PTE_V, PTE_A,         PTE_D,
                              PTE_U, PTE_A | PTE_D, // these five keep a superpage one
                              PTE_W, PTE_X,         PTE_R | PTE_W};
    static const u32 on[] = {
        PTE_A, PTE_D, PTE_A | PTE_D, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D, PTE_R | PTE_X, PTE_V};
    struct rng *r = &p->rng;
    struct place place = random_place(p);
    gva va = touchable(p, place);
    bool up = rng_percent(r, 50);
    touch(p, va);
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x\n    lw t1, 0(t0)", place.at);
    if (up) { // not for an entry of a table or of code, which must stay read-only: those are below
              // the data pages
        piece_line(p, "    srli t2, t1, 10\n    li a7, 0x%x\n    bltu t2, a7, 1f",
                   LAYOUT_DATA >> 12);
        if (place.super)
            piece_line(p, "    j 1f");
        piece_line(p, "    ori t1, t1, 0x%x\n    sw t1, 0(t0)\n1:", RNG_PICK(r, on));
    } else {
        piece_line(p, "    andi t1, t1, %d\n    sw t1, 0(t0)",
                   (int)~off[rng_below(r, place.super ? 5 : 8)]);
        put_fence(p, place.super ? place.va : va);
    }
    touch(p, va);
}

// As stores_before_fence; the old entry is a superpage and the new one a table.
static void table_before_fence(struct program *p, struct place place)
{
    struct rng *r = &p->rng;
    const u32 read = PTE_V | PTE_R | PTE_A, window = rng_below(r, 2),
              page = WINDOW_INDEX(window) + rng_below(r, 8);
    u32 leaf = (place.at & ~0xfffu) + 0x1000 * (1 + LEAF_WINDOW_A + window);
    gva base = place.va & ~(MEGAPAGE_SIZE - 1);
    gen_to_kernel(p);
    piece_line(
        p, "    li t0, 0x%x\n    li t1, 0x%x\n    sw t1, 0(t0)", leaf + 4 * page,
        PTE_MAKE(LAYOUT_DATA + 0x1000 * rng_below(r, LAYOUT_DATA_PAGES), read | PTE_W | PTE_D));
    piece_line(p, "    li t0, 0x%x\n    li t1, 0x%x\n    sw t1, 0(t0)\n    sfence.vma", place.at,
               PTE_MAKE(LAYOUT_CODE, read));
    piece_line(p, "    li t2, 0x%x\n    lw @r, 0(t2)",
               base + (LAYOUT_DATA - LAYOUT_CODE) + 4 * rng_below(r, 0x300));
    piece_line(
        p, "    li t1, 0x%x\n    sw t1, 0(t0)\n    li t2, 0x%x\n    sw @s, %u(t2)\n    sfence.vma",
        PTE_MAKE(leaf, PTE_V), base + page * PAGE_SIZE, 4 * rng_below(r, 64));
}

// Between a change and its fence the old entry and the new one may both be used, so what comes
// between must end alike by either: here the old one cannot be written by, so stores can only mean
// the new one. A VMM's shadow follows it at once, and must not leave in the TLB what loads knew of
// the old one.
static void stores_before_fence(struct program *p)
{
    struct rng *r = &p->rng;
    struct place place = random_place(p);
    if (place.super) {
        table_before_fence(p, place);
        return;
    }
    const u32 flags = PTE_V | PTE_R | PTE_A;
    u32 old = LAYOUT_DATA + 0x1000 * rng_below(r, LAYOUT_DATA_PAGES),
        new = LAYOUT_DATA + 0x1000 * rng_below(r, LAYOUT_DATA_PAGES);
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x\n    li t1, 0x%x\n    sw t1, 0(t0)\n    sfence.vma", place.at,
               PTE_MAKE(old, flags));
    piece_line(p, "    li t2, 0x%x\n    lw @r, 0(t2)", place.va + 4 * rng_below(r, 0x300));
    piece_line(p, "    li t0, 0x%x\n    li t1, 0x%x\n    sw t1, 0(t0)", place.at,
               PTE_MAKE(new, flags | PTE_W | PTE_D));
    for (u32 n = 1 + rng_below(r, 3); n; n--)
        piece_line(p, "    sw @s, %u(t2)", 4 * rng_below(r, 64));
    put_fence(p, place.va);
    touch(p, place.va);
}

// An edit fenced by the one ASID in force, which no other space has.
static void edit_by_own_asid(struct program *p)
{
    struct rng *r = &p->rng;
    u32 space = gen_space(p), window = rng_below(r, 2), page = rng_below(r, WINDOW_PAGES);
    gva va = VA_WINDOW(window) + page * PAGE_SIZE;
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x\n    csrw satp, t0\n    li t1, %u\n    sfence.vma zero, t1",
               SATP_MODE | LAST_ASID << 22 | LAYOUT_ROOT(space) >> 12, LAST_ASID);
    touch(p, va);
    piece_line(p, "    li t0, 0x%x\n    li t1, 0x%x\n    sw t1, 0(t0)",
               LAYOUT_LEAF(space, LEAF_WINDOW_A + window) + 4 * (WINDOW_INDEX(window) + page),
               tables_leaf(p, false));
    piece_line(p, "    li t2, 0x%x\n    li t1, %u\n    sfence.vma %s, t1", va, LAST_ASID,
               rng_percent(r, 50) ? "t2" : "zero");
    touch(p, va);
    p->space = gen_space(p);
    piece_line(p, "    li t0, 0x%x\n    csrw satp, t0\n    sfence.vma", tables_satp(p, p->space));
}

// Four MiB that were one page become a table of small ones, or the other way round.
static void change_of_size(struct program *p)
{
    struct rng *r = &p->rng;
    u32 space = p->harts > 1 ? gen_space(p) : p->space, window = rng_below(r, 2);
    bool of_window = rng_percent(r, 50);
    gva base = (of_window ? VA_WINDOW(window) : VA_SUPER + rng_below(r, SUPERS) * MEGAPAGE_SIZE) &
               ~(MEGAPAGE_SIZE - 1);
    gva small = base + WINDOW_INDEX(window) * PAGE_SIZE + rng_below(r, WINDOW_PAGES) * PAGE_SIZE;
    gva large = base + (LAYOUT_DATA - LAYOUT_CODE) + 0x1000 * rng_below(r, LAYOUT_DATA_PAGES);
    u32 table = PTE_MAKE(LAYOUT_LEAF(space, LEAF_WINDOW_A + window), PTE_V);
    for (u32 n = 1 + rng_below(r, 3); n; n--) {
        touch(p, rng_percent(r, 50) ? small : large);
        gen_to_kernel(p);
        piece_line(p, "    li t0, 0x%x\n    li t1, 0x%x\n    sw t1, 0(t0)\n    sfence.vma",
                   LAYOUT_ROOT(space) + 4 * (base >> 22),
                   rng_percent(r, 50) ? table : tables_leaf(p, true));
        touch(p, small);
        touch(p, large);
    }
}

// A window gets another space's table: a pointer entry changes, so the fence names no address.
static void change_pointer(struct program *p)
{
    struct rng *r = &p->rng;
    u32 window = rng_below(r, 2), space = gen_space(p);
    gva va = VA_WINDOW(window);
    u32 owner = gen_space(p), table = LEAF_WINDOW_A + rng_below(r, 2);
    u32 to = PTE_MAKE(LAYOUT_LEAF(owner, table), rng_percent(r, 85) ? PTE_V : 0);
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x\n    li t1, 0x%x\n    sw t1, 0(t0)\n    sfence.vma",
               LAYOUT_ROOT(space) + 4 * (va >> 22), to);
    touch(p, va + rng_below(r, WINDOW_PAGES) * PAGE_SIZE);
}

static void switch_space(struct program *p)
{
    struct rng *r = &p->rng;
    gen_to_kernel(p);
    p->space = gen_space(p);
    if (rng_percent(r, 10)) // every bit but the mode may be anything
        piece_line(p, "    li t0, 0x%x\n    csrw satp, t0",
                   p->portable || rng_percent(r, 50) ? 0 : gen_value(p) & ~SATP_MODE);
    else
        piece_line(p, "    li t0, 0x%x\n    csrrw @0, satp, t0", tables_satp(p, p->space));
    if (rng_percent(r, 20))
        piece_line(p, "    sfence.vma");
    same_page(p);
}

// An ASID that any space may use: fenced each time it gets another table.
static void reuse_asid(struct program *p)
{
    struct rng *r = &p->rng;
    p->space = gen_space(p);
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x\n    li t1, %u\n    csrw satp, t0",
               SATP_MODE | LAST_ASID << 22 | LAYOUT_ROOT(p->space) >> 12, LAST_ASID);
    piece_line(p, rng_percent(r, 50) ? "    sfence.vma" : "    sfence.vma zero, t1");
    same_page(p);
}

static void fence_variants(struct program *p)
{
    static const char *const fences[] = {"    sfence.vma", "    sfence.vma t0, zero",
                                         "    sfence.vma zero, t1", "    sfence.vma t0, t1"};
    struct rng *r = &p->rng;
    if (rng_percent(r, 70))
        gen_to_kernel(p);
    piece_line(p, "    li t0, 0x%x", tables_address(p, false));
    piece_line(p, "    li t1, 0x%x", rng_percent(r, 70) ? rng_below(r, 20) : gen_value(p));
    piece_line(p, "%s", RNG_PICK(r, fences));
}

// Where no space has anything, so that what a TLB keeps of it shows. QEMU has its firmware there.
static void visit_without_paging(struct program *p)
{
    u32 pages = p->portable ? LAYOUT_DATA : BOARD_RAM;
    piece_line(p, "    li t1, 0x%x\n    csrrw t2, satp, zero",
               pages + 0x1000 * rng_below(&p->rng, 4));
    piece_line(p, "    lw @r, 0(t1)\n    sw @s, 256(t1)\n    csrw satp, t2");
}

// So many fences that a VMM runs out of names for its shadows; a shadow for no paging outlives them
// all.
static void many_fences(struct program *p)
{
    struct rng *r = &p->rng;
    u32 data = LAYOUT_DATA + 0x1000 * rng_below(r, LAYOUT_DATA_PAGES);
    gen_to_kernel(p);
    visit_without_paging(p);
    piece_line(p, "    li t0, %u\n    li t1, 0x%x", rng_percent(r, 25) ? 508 + rng_below(r, 6) : 20,
               data);
    piece_line(p, "1:  sfence.vma\n    lw @r, 0(t1)\n    addi t0, t0, -1\n    bnez t0, 1b");
    if (rng_percent(r, 50))
        visit_without_paging(p);
}

const struct block_kind blocks_memory[] = {
    {"accesses", 14, true, true, accesses},
    {"accesses to one page", 8, true, true, same_page},
    {"SUM and MXR", 8, true, true, status_then_access},
    {"atomics", 6, true, true, atomic},
    {"reservation", 5, true, true, reservation},
    {"reservation over turns", 2, false, true, reservation_over_turns},
    {"table edit", 10, true, true, edit},
    {"change of rights", 8, true, true, change_rights},
    {"change of a pointer", 3, true, true, change_pointer},
    {"change of size", 4, true, true, change_of_size},
    {"stores before the fence", 3, false, true, stores_before_fence},
    {"edit by its own ASID", 2, true, true, edit_by_own_asid},
    {"another address space", 8, true, true, switch_space},
    {"reused ASID", 2, true, true, reuse_asid},
    {"many fences", 1, true, true, many_fences},
    {"sfence.vma", 4, true, true, fence_variants},
    {0},
};
