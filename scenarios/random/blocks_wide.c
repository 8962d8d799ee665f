// Blocks of wide programs alone: what a kernel hardly ever does, and an adversary does at once.
// Each leads to a place where two parts meet: RAM and devices, two names of one page, a table and
// what is no table, an index and the end of its ring.
#include "isa/note.h"
#include "scenarios/random/gen.h"

#define DATA_FLAGS (PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D)
#define FREE_ROOT 0x300u // an index that no other block uses, and the indices behind it
#define LAST_ASID 0x1ffu // free for any space to use

// Writes an entry of this hart's page tables, without a fence.
static void put_entry(struct program *p, u32 at, u32 pte)
{
    piece_line(p, "    li t0, 0x%x\n    li t1, 0x%x\n    sw t1, 0(t0)", at, pte);
}

static u32 window_entry(const struct program *p, u32 window, u32 page)
{
    return LAYOUT_LEAF(p->space, LEAF_WINDOW_A + window) + 4 * (WINDOW_INDEX(window) + page);
}

// Puts the hart into one of its own spaces, by an ASID of that space, in K.
static void enter_space(struct program *p)
{
    gen_to_kernel(p);
    p->space = gen_space(p);
    piece_line(p, "    li t0, 0x%x\n    csrw satp, t0", tables_satp(p, p->space));
    for (u32 w = 0; w < 2; w++)
        put_entry(p, LAYOUT_ROOT(p->space) + 4 * (VA_WINDOW(w) >> 22),
                  PTE_MAKE(LAYOUT_LEAF(p->space, LEAF_WINDOW_A + w), PTE_V));
    piece_line(p, "    sfence.vma");
}

// RAM above the usual 8 MiB and its end, without paging.
static void far_ram(struct program *p)
{
    static const char *const names[] = {"lw @r, 0(t1)", "sw @s, 0(t1)",          "lbu @r, 3(t1)",
                                        "sh @s, 2(t1)", "amoadd.w @r, @s, (t1)", "lw @r, 2(t1)"};
    struct rng *r = &p->rng;
    u32 end = BOARD_RAM + p->options.ram;
    gen_to_kernel(p);
    piece_line(p, "    csrrw t2, satp, zero");
    for (u32 n = 2 + rng_below(r, 5); n; n--) {
        u32 back = rng_percent(r, 50) ? 4 * rng_below(r, 4)
                                      : 4 * rng_below(r, (p->options.ram - LAYOUT_RAM) / 4 + 1);
        piece_line(p, "    li t1, 0x%x", end - back);
        piece_line(p, "    %s", RNG_PICK(r, names));
    }
    piece_line(p, "    csrw satp, t2");
}

// The root is a table of itself for one entry, so its own entries are read as small pages. Loads
// alone: a store would change a table without a fence.
static void recursive_root(struct program *p)
{
    struct rng *r = &p->rng;
    enter_space(p);
    u32 index = FREE_ROOT + rng_below(r, 16), root = LAYOUT_ROOT(p->space);
    static const gva seen[] = {LAYOUT_CODE, VA_ALIAS, VA_WINDOW_A, VA_WINDOW_B, VA_SUPER, 0};
    put_entry(p, root + 4 * index, PTE_MAKE(root, PTE_V));
    piece_line(p, "    sfence.vma");
    for (u32 n = 2 + rng_below(r, 4); n; n--) {
        u32 page = rng_percent(r, 25) ? index : RNG_PICK(r, seen) >> 22;
        piece_line(p, "    li t2, 0x%x", index << 22 | page << 12 | (rng_below(r, 1024) * 4));
        piece_line(p, "    lw @r, 0(t2)");
    }
    put_entry(p, root + 4 * index, 0);
    piece_line(p, "    sfence.vma");
}

// A pointer to what holds no table: a device, a hole, the page behind RAM, the last page of RAM.
static void strange_table(struct program *p)
{
    struct rng *r = &p->rng;
    const u32 end = BOARD_RAM + p->options.ram;
    const u32 tables[] = {0x10000000, 0x0c000000,      0x10001000, 0x00200000, 0x00100000,
                          end,        end - PAGE_SIZE, 0xfffff000, 0,          0x7ffff000};
    enter_space(p);
    u32 index = FREE_ROOT + 16 + rng_below(r, 16), at = LAYOUT_ROOT(p->space) + 4 * index;
    put_entry(p, at, PTE_MAKE(RNG_PICK(r, tables), PTE_V) | rng_below(r, 4) << 30);
    piece_line(p, "    sfence.vma\n    li t2, 0x%x", index << 22 | rng_below(r, 0x3ff) << 12);
    piece_line(p, "    lw @r, 0(t2)\n    sw @s, 4(t2)\n    jalr ra, 0(t2)");
    put_entry(p, at, 0);
    piece_line(p, "    sfence.vma");
}

// Two neighbours in a window: RAM and a device, or RAM and nothing, in either order. Accesses begin
// in one and end in the other.
static void straddle(struct program *p)
{
    static const char *const names[] = {"lw @r", "lh @r", "lhu @r", "sw @s", "sh @s"};
    static const u32 places[] = {0x10000000, 0x10001000, 0x0c000000, 0x10010000,
                                 0x00200000, 0x00100000, 0xc0000000};
    struct rng *r = &p->rng;
    u32 window = rng_below(r, 2), page = rng_below(r, WINDOW_PAGES - 1), first = rng_below(r, 2);
    enter_space(p);
    put_entry(p, window_entry(p, window, page + first),
              PTE_MAKE(LAYOUT_DATA + 0x1000 * rng_below(r, LAYOUT_DATA_PAGES), DATA_FLAGS));
    put_entry(p, window_entry(p, window, page + !first), PTE_MAKE(RNG_PICK(r, places), DATA_FLAGS));
    piece_line(p, "    sfence.vma");
    for (u32 n = 2 + rng_below(r, 4); n; n--) {
        piece_line(p, "    li t2, 0x%x",
                   VA_WINDOW(window) + (page + 1) * PAGE_SIZE - rng_below(r, 5));
        piece_line(p, "    %s, 0(t2)", RNG_PICK(r, names));
    }
}

// One page under several names: code is written by one, run by another, and read by a third.
static void aliases(struct program *p)
{
    struct rng *r = &p->rng;
    gva name[4];
    u32 page = LAYOUT_DATA + 0x1000 * rng_below(r, LAYOUT_DATA_PAGES);
    enter_space(p);
    for (u32 i = 0; i < 3; i++) {
        u32 window = rng_below(r, 2), at = i * 2 + rng_below(r, 2);
        name[i] = VA_WINDOW(window) + at * PAGE_SIZE;
        put_entry(p, window_entry(p, window, at), PTE_MAKE(page, DATA_FLAGS));
    }
    name[3] = page; // by the identity mapping
    piece_line(p, "    sfence.vma");
    for (u32 n = 2 + rng_below(r, 5); n; n--) {
        u32 word = isa_encode((struct decoded){
            .insn = INSN_addi, .rd = 10, .rs1 = 10, .imm = (i32)rng_below(r, 4096) - 2048});
        piece_line(p, "    li t2, 0x%x\n    jalr ra, 0(t2)", RNG_PICK(r, name) + LAYOUT_SNIPPET);
        piece_line(p, "    li t2, 0x%x\n    li t1, 0x%x\n    sw t1, 0(t2)",
                   RNG_PICK(r, name) + LAYOUT_SNIPPET, word);
        piece_line(p, "    li t2, 0x%x\n    jalr ra, 0(t2)", RNG_PICK(r, name) + LAYOUT_SNIPPET);
        piece_line(p, "    li t2, 0x%x", RNG_PICK(r, name) + LAYOUT_SNIPPET);
        piece_line(p, "    lw @r, 0(t2)");
    }
}

// An edit whose only fence names the ASID with something in the bits above it.
static void fence_with_high_bits(struct program *p)
{
    struct rng *r = &p->rng;
    u32 window = rng_below(r, 2), page = rng_below(r, WINDOW_PAGES);
    gva va = VA_WINDOW(window) + page * PAGE_SIZE;
    enter_space(p);
    piece_line(p, "    li t0, 0x%x\n    csrw satp, t0\n    li t1, 0x%x\n    sfence.vma zero, t1",
               SATP_MODE | LAST_ASID << 22 | LAYOUT_ROOT(p->space) >> 12,
               LAST_ASID | (u32)rng_next(r) << 9);
    for (u32 n = 1 + rng_below(r, 3); n; n--) {
        piece_line(p, "    li t2, 0x%x", va);
        piece_line(p, "    lw @r, 0(t2)");
        put_entry(p, window_entry(p, window, page),
                  PTE_MAKE(LAYOUT_DATA + 0x1000 * rng_below(r, LAYOUT_DATA_PAGES), DATA_FLAGS));
        piece_line(p, "    li t1, 0x%x\n    sfence.vma %s, t1\n    lw a0, 0(t2)",
                   LAST_ASID | (u32)rng_next(r) << 9, rng_percent(r, 50) ? "t2" : "zero");
    }
    piece_line(p, "    li t0, 0x%x\n    csrw satp, t0\n    sfence.vma", tables_satp(p, p->space));
}

// Words of chance right behind traps, on registers of chance: computing and loads. Stores, jumps
// and CSRs would leave what the architecture promises.
static void words_after_traps(struct program *p)
{
    static const char *const traps[] = {"    ebreak", "    .word 0", "    li a7, 99\n    ecall",
                                        "    csrw cycle, zero", "    sw zero, 2(zero)"};
    static const u32 opcodes[] = {0x13, 0x33, 0x03, 0x37, 0x17};
    struct rng *r = &p->rng;
    for (u32 n = 1 + rng_below(r, 3); n; n--) {
        for (u32 x = 5 + rng_below(r, 8); x < 26; x += 1 + rng_below(r, 8))
            piece_line(p, "    li x%u, 0x%x", x,
                       rng_percent(r, 50) ? tables_address(p, false) : (u32)rng_next(r));
        piece_line(p, "%s", RNG_PICK(r, traps));
        for (u32 words = 1 + rng_below(r, 6); words; words--) {
            u32 rd = rng_below(r, 26) << 7; // the way home and the handler's registers stay
            u32 word = ((u32)rng_next(r) & ~0xfffu) | ((u32)rng_next(r) & 0x7000u);
            piece_line(p, "    .word 0x%x", (word & ~0xfffu) | rd | RNG_PICK(r, opcodes));
        }
    }
}

// The largest queue, and an available index that jumps: by less than the queue, by all of it, by
// more. Each entry of the ring names the same chain.
static void long_queue(struct program *p)
{
    static const u32 setup[][2] = {{0x70, 0},    {0x70, 3},    {0x30, 0},
                                   {0x28, 4096}, {0x3c, 4096}, {0x40, LAYOUT_QUEUE >> 12}};
    static const u32 jumps[] = {0, 1, 2, 63, 64, 65, 127, 128, 129, 255, 256, 257, 0x7fff, 0xffff};
    struct rng *r = &p->rng;
    const u32 size = 1u << rng_below(r, 9); // the device takes up to 128
    const u32 ring = 16 * (size > 128 ? 128 : size), header = LAYOUT_QUEUE + 0xa00;
    const u32 loop = rng_percent(r, 20) ? 0x10000 : 0;
    const u32 memory[][2] = {{0, header},         {8, 16},    {12, 1 | 1 << 16},
                             {16, header + 0x20}, {24, 1},    {28, loop ? 3 | 1 << 16 : 2},
                             {0xa00, 4},          {0xa08, 0}, {ring, 0}};
    gen_to_kernel(p);
    piece_line(p, "    li t0, 0x10001000");
    for (u32 i = 0; i < sizeof setup / sizeof *setup; i++)
        piece_line(p, "    li t1, 0x%x\n    sw t1, 0x%x(t0)", setup[i][1], setup[i][0]);
    piece_line(p, "    li t1, %u\n    sw t1, 0x38(t0)\n    li t1, 7\n    sw t1, 0x70(t0)", size);
    piece_line(p, "    li t2, 0x%x", LAYOUT_QUEUE);
    for (u32 i = 0; i < sizeof memory / sizeof *memory; i++)
        piece_line(p, "    li t1, 0x%x\n    li t3, 0x%x\n    add t3, t3, t2\n    sw t1, 0(t3)",
                   memory[i][1], memory[i][0]);
    u32 index = 0;
    for (u32 n = 1 + rng_below(r, 3); n; n--) {
        index += RNG_PICK(r, jumps);
        piece_line(p, "    li t1, 0x%x\n    li t3, 0x%x\n    sh t1, 0(t3)\n    sw zero, 0x50(t0)",
                   index & 0xffff, LAYOUT_QUEUE + ring + 2);
        piece_line(p, "    lw @r, 0x70(t0)\n    lw @r, 0x60(t0)\n    li t3, 0x%x\n    lw @r, 0(t3)",
                   LAYOUT_QUEUE + 0x1000);
    }
}

const struct block_kind blocks_wide[] = {
    {"far RAM", 6, false, true, far_ram},
    {"recursive root", 4, false, true, recursive_root},
    {"strange table", 5, false, true, strange_table},
    {"straddling access", 6, false, true, straddle},
    {"aliases", 6, false, true, aliases},
    {"fence with high bits", 5, false, true, fence_with_high_bits},
    {"words after traps", 6, false, true, words_after_traps},
    {"long queue", 5, false, true, long_queue},
    {0},
};
