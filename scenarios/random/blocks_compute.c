// Blocks that need no privilege: arithmetic, loops, jumps and calls to code elsewhere, code that
// changes itself, words that mean nothing.
#include "isa/note.h"
#include "scenarios/random/gen.h"

static void arithmetic_line(struct program *p)
{
    static const char *const registers[] = {"add",    "sub",   "sll", "slt",  "sltu", "xor",
                                            "srl",    "sra",   "or",  "and",  "mul",  "mulh",
                                            "mulhsu", "mulhu", "div", "divu", "rem",  "remu"};
    static const char *const immediates[] = {"addi", "slti", "sltiu", "xori", "ori", "andi"};
    static const char *const shifts[] = {"slli", "srli", "srai"};
    static const char *const uppers[] = {"lui", "auipc"};
    struct rng *r = &p->rng;
    u32 rd = rng_percent(r, 97) ? gen_register(p) : 0;
    u32 kind = rng_below(r, 100);
    if (kind < 50)
        piece_line(p, "    %s x%u, @s, @s", RNG_PICK(r, registers), rd);
    else if (kind < 75)
        piece_line(p, "    %s x%u, @s, @i", RNG_PICK(r, immediates), rd);
    else if (kind < 85)
        piece_line(p, "    %s x%u, @s, @5", RNG_PICK(r, shifts), rd);
    else if (kind < 93 || p->portable)
        piece_line(p, "    li x%u, 0x%x", rd, gen_value(p));
    else
        piece_line(p, "    %s x%u, @u", RNG_PICK(r, uppers), rd);
}

static void arithmetic(struct program *p)
{
    for (u32 n = 2 + rng_below(&p->rng, 10); n; n--)
        arithmetic_line(p);
}

static void loop(struct program *p)
{
    struct rng *r = &p->rng;
    piece_line(p, "    li t0, %u\n1:", 2 + rng_below(r, 20));
    for (u32 n = 1 + rng_below(r, 4); n; n--)
        piece_line(p, "    xor @r, @s, @s");
    piece_line(p, "    addi t0, t0, -1\n    bgtz t0, 1b");
}

static void branch(struct program *p)
{
    static const char *const names[] = {"beq", "bne", "blt", "bge", "bltu", "bgeu"};
    struct rng *r = &p->rng;
    for (u32 n = 1 + rng_below(r, 3); n; n--) {
        piece_line(p, "    %s @s, @s, 1f", RNG_PICK(r, names));
        arithmetic_line(p);
        piece_line(p, "1:");
    }
}

// Calls the snippet of some data page, or jumps where there is none.
static void far_call(struct program *p)
{
    if (p->portable) // with SUM, what K has read of a U page QEMU 7.2 also lets it execute, until a
                     // fence
        piece_line(p, "    sfence.vma");
    u32 base = 5 + rng_below(&p->rng, 20);
    piece_line(p, "    li x%u, 0x%x\n    jalr ra, 0(x%u)", base, tables_target(p), base);
}

// Branches and jumps to an address that is not a multiple of 4, as words, since no assembler writes
// them.
static void misaligned_jump(struct program *p)
{
    struct rng *r = &p->rng;
    struct decoded branch;
    switch (rng_below(r, 4)) {
    case 0:
        piece_line(p, "    la t0, 1f\n    jalr x%u, 2(t0)\n1:", gen_register(p));
        break;
    case 1: // jal rd, 6
        piece_line(p, "    .word 0x%x\n    nop",
                   isa_encode((struct decoded){.insn = INSN_jal, .rd = gen_register(p), .imm = 6}));
        break;
    case 2: // taken or not
        branch = (struct decoded){.insn = rng_percent(r, 50) ? INSN_beq : INSN_bne, .imm = 6};
        branch.rs1 = gen_source(p);
        piece_line(p, "    .word 0x%x\n    nop", isa_encode(branch));
        break;
    default:
        piece_line(p, "    la t0, 1f\n    jalr x%u, 1(t0)\n1:",
                   gen_register(p)); // bit 0 is cleared: a good jump
    }
}

// A store to the instruction `addi a0, a0, something` at t0 that leaves it one of that kind.
static void put_change(struct program *p)
{
    static const char *const changes[] = {"    sw t1, 0(t0)", "    sb t1, 3(t0)",
                                          "    sh t1, 2(t0)", "    amoswap.w zero, t1, (t0)"};
    struct rng *r = &p->rng;
    u32 word = isa_encode((struct decoded){
        .insn = INSN_addi, .rd = 10, .rs1 = 10, .imm = (i32)rng_below(r, 4096) - 2048});
    piece_line(p, "    li t1, 0x%x\n%s", word, RNG_PICK(r, changes));
    if (p->portable ||
        rng_percent(r, 50)) // T32's fetches are coherent with stores; QEMU's need the fence
        piece_line(p, "    fence.i");
}

// An instruction that runs, is changed, and runs again.
static void changed_code(struct program *p)
{
    piece_line(
        p, "    la t0, 1f\n    li t2, 2\n1:  addi a0, a0, 1\n    addi t2, t2, -1\n    beqz t2, 2f");
    put_change(p);
    piece_line(p, "    j 1b\n2:");
}

// The same with the snippet of a page, which may be called by one address and changed by another.
static void changed_snippet(struct program *p)
{
    u32 page = 0x1000 * rng_below(&p->rng, LAYOUT_DATA_PAGES);
    u32 target = rng_percent(&p->rng, 50) ? LAYOUT_DATA + page + LAYOUT_SNIPPET : tables_target(p);
    for (u32 i = 0; i < 2; i++) {
        if (p->portable)
            piece_line(p, "    sfence.vma");
        piece_line(p, "    li t2, 0x%x\n    jalr ra, 0(t2)", target);
        if (i)
            break;
        gen_to_kernel(p);
        piece_line(p, "    li t0, 0x%x", LAYOUT_DATA + page + LAYOUT_SNIPPET);
        put_change(p);
    }
}

static void meaningless_words(struct program *p)
{
    struct rng *r = &p->rng;
    for (u32 n = 1 + rng_below(r, 3); n; n--) {
        u32 word;
        do {
            word = (u32)rng_next(r) | (p->portable ? 3 : 0);
            if (rng_percent(r, 30)) // near misses: SYSTEM and AMO words
                word = (word & ~0x7fu) | (rng_percent(r, 50) ? 0x73 : 0x2f);
        } while (isa_decode(word, true).insn != INSN_ILLEGAL);
        piece_line(p, "    .word 0x%x", word);
    }
}

static void fences(struct program *p)
{
    struct rng *r = &p->rng;
    piece_line(p, "    fence\n    .word 0x%x",
               (u32)rng_next(r) << 20 | 0x0f); // any fm, predecessors, successors
    if (rng_percent(r, 50))
        piece_line(p, "    fence.i");
    if (rng_percent(r, 30))
        piece_line(p, "    .word 0x%x",
                   NOTE_HINT_A0); // a word to an observer, here a lie; for the program nothing
}

const struct block_kind blocks_compute[] = {
    {"arithmetic", 12, true, false, arithmetic},
    {"loop", 3, true, true, loop},
    {"branches", 4, true, true, branch},
    {"far call", 10, true, true, far_call},
    {"misaligned jump", 3, true, true, misaligned_jump},
    {"changed code", 4, true, true, changed_code},
    {"changed snippet", 4, true, true, changed_snippet},
    {"meaningless words", 4, true, false, meaningless_words},
    {"fences", 2, true, false, fences},
    {0},
};
