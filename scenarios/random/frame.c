// The frame of a random program: entry, trap handler, end. The handler logs every trap, then brings
// the program back on its way:
//
//     interrupt          software: clear it; external: disable it;
//                        timer: the next one after VAR_PERIOD, or never
//     ecall from U       with a7 = CALL_TO_KERNEL: go on in K; else skip it
//     fetch fault, or    go on in K at the next piece: s11 says where
//     pc outside code
//     page fault         with VAR_FIX: set A and D of the entry and try again, once; else skip
//     anything else      skip the instruction
//
// It owns t3 to t6 (a body never trusts them) and needs no stack and no sscratch, so a body can do
// to those what it likes. When the log is full the program ends, so no program runs for ever
// because of traps. Each other hart has a handler, a log and a body of its own (@h in a label is
// the hart's number); it stops itself at its end, and the first one switches the power off.
#include "scenarios/random/gen.h"

static const char entry[] = ".globl _start\n"
                            "_start:\n"
                            "    j start0";

static const char handler_log[] = "trap@h:\n"
                                  "    li t3, VARS@h\n"
                                  "    lw t4, 0(t3)\n"
                                  "    csrr t5, scause\n"
                                  "    sw t5, 0(t4)\n"
                                  "    csrr t6, stval\n"
                                  "    sw t6, 4(t4)\n"
                                  "    csrr t6, sepc\n"
                                  "    sw t6, 8(t4)\n"
                                  "    csrr t6, sstatus\n"
                                  "    sw t6, 12(t4)";

// Where QEMU 7.2 does not do as the specification says: stval is 0 after ebreak and the jump's own
// address after a misaligned jump, and an AMO that meets no memory is a load access fault. Those
// are logged alike.
static const char handler_portable[] = "    li t6, 7\n"
                                       "    bne t5, t6, 1f\n"
                                       "    li t6, 5\n"
                                       "    sw t6, 0(t4)\n"
                                       "1:  beqz t5, 2f\n"
                                       "    li t6, 3\n"
                                       "    bne t5, t6, 3f\n"
                                       "2:  sw zero, 4(t4)\n"
                                       "3:";

static const char handler_clock[] = "    csrr t6, time\n"
                                    "    sw t6, 16(t4)\n"
                                    "    csrr t6, sip\n"
                                    "    sw t6, 20(t4)\n"
                                    "    csrr t6, instret\n"
                                    "    sw t6, 24(t4)";

static const char handler[] = "    sw s11, 28(t4)\n"
                              "    addi t4, t4, 32\n"
                              "    sw t4, 0(t3)\n"
                              "    lw t6, 4(t3)\n"
                              "    bltu t4, t6, 1f\n"
                              "    j finish@h\n"
                              "1:\n"
                              "    bltz t5, interrupt@h\n"
                              "    li t6, 8\n"
                              "    beq t5, t6, call@h\n"
                              "    li t6, 12\n"
                              "    beq t5, t6, recover@h\n"
                              "    li t6, 1\n"
                              "    beq t5, t6, recover@h\n"
                              "    csrr t6, sepc\n"
                              "    slli t6, t6, 10\n"
                              "    srli t6, t6, 10\n"
                              "    li t4, CODE_SIZE\n"
                              "    bgeu t6, t4, recover@h\n"
                              "    addi t4, t5, -13\n"
                              "    andi t4, t4, -3\n"
                              "    bnez t4, skip@h\n"
                              "    lw t4, 8(t3)\n"
                              "    beqz t4, skip@h\n"
                              "fix@h:\n"
                              "    csrr t4, satp\n"
                              "    bgez t4, skip@h\n"
                              "    slli t4, t4, 12\n"
                              "    csrr t6, stval\n"
                              "    srli t6, t6, 22\n"
                              "    slli t6, t6, 2\n"
                              "    add t4, t4, t6\n"
                              "    lw t6, 0(t4)\n"
                              "    andi t5, t6, 14\n"
                              "    bnez t5, leaf@h\n"
                              "    andi t5, t6, 1\n"
                              "    beqz t5, skip@h\n"
                              "    srli t5, t6, 20\n"
                              "    li t4, CODE >> 22\n"
                              "    bne t5, t4, skip@h\n"
                              "    srli t6, t6, 10\n"
                              "    slli t6, t6, 12\n"
                              "    csrr t4, stval\n"
                              "    slli t4, t4, 10\n"
                              "    srli t4, t4, 22\n"
                              "    slli t4, t4, 2\n"
                              "    add t4, t4, t6\n"
                              "    lw t6, 0(t4)";

// Where the root is a table of itself, the small entry may be a pointer to another table. A and D
// in a pointer would make it invalid, and who still has a translation could go on by it.
static const char handler_wide[] = "    andi t5, t6, 14\n"
                                   "    beqz t5, skip@h";

static const char handler_leaf[] = "leaf@h:\n"
                                   "    andi t5, t6, 0xc0\n"
                                   "    xori t5, t5, 0xc0\n"
                                   "    beqz t5, skip@h\n"
                                   "    ori t6, t6, 0xc0\n"
                                   "    sw t6, 0(t4)\n"
                                   "    sret\n"
                                   "call@h:\n"
                                   "    li t6, CALL_TO_KERNEL\n"
                                   "    bne a7, t6, skip@h\n"
                                   "    csrr t5, sepc\n"
                                   "    addi t5, t5, 4\n"
                                   "    j to_kernel@h\n"
                                   "recover@h:\n"
                                   "    mv t5, s11\n"
                                   "to_kernel@h:\n"
                                   "    slli t5, t5, 10\n"
                                   "    srli t5, t5, 10\n"
                                   "    li t6, CODE\n"
                                   "    or t5, t5, t6\n"
                                   "    csrw sepc, t5\n"
                                   "    li t6, 0x100\n"
                                   "    csrs sstatus, t6\n"
                                   "    sret\n"
                                   "skip@h:\n"
                                   "    csrr t5, sepc\n"
                                   "    addi t5, t5, 4\n"
                                   "    csrw sepc, t5\n"
                                   "    sret\n"
                                   "interrupt@h:\n"
                                   "    slli t5, t5, 1\n"
                                   "    li t6, 10\n"
                                   "    beq t5, t6, timer@h\n"
                                   "    li t6, 2\n"
                                   "    beq t5, t6, software@h\n"
                                   "    li t6, 0x200\n"
                                   "    csrc sie, t6\n"
                                   "    sret\n"
                                   "software@h:\n"
                                   "    csrci sip, 2\n"
                                   "    sret\n"
                                   "timer@h:\n"
                                   "    lw t6, 12(t3)\n"
                                   "    li t5, -1\n"
                                   "    beqz t6, never@h\n"
                                   "    csrr t5, time\n"
                                   "    add t5, t5, t6\n"
                                   "    csrw 0x14d, t5\n"
                                   "    csrw 0x15d, zero\n"
                                   "    sret\n"
                                   "never@h:\n"
                                   "    csrw 0x14d, t5\n"
                                   "    csrw 0x15d, t5\n"
                                   "    sret";

static const char set_up[] = "    la t0, tables\n"
                             "1:  lw t1, 0(t0)\n"
                             "    beqz t1, 2f\n"
                             "    lw t2, 4(t0)\n"
                             "    sw t2, 0(t1)\n"
                             "    addi t0, t0, 8\n"
                             "    j 1b\n"
                             "2:  la t0, runs\n"
                             "3:  lw t1, 0(t0)\n"
                             "    beqz t1, 5f\n"
                             "    lw t2, 4(t0)\n"
                             "    lw t4, 8(t0)\n"
                             "    addi t0, t0, 12\n"
                             "4:  sw t2, 0(t1)\n"
                             "    addi t1, t1, 4\n"
                             "    addi t2, t2, 0x400\n"
                             "    addi t4, t4, -1\n"
                             "    bnez t4, 4b\n"
                             "    j 3b\n"
                             "5:  li t0, SNIPPETS\n"
                             "    li t1, DATA_PAGES\n"
                             "    la t2, snippet\n"
                             "    lw t4, 0(t2)\n"
                             "    lw t5, 4(t2)\n"
                             "    li t2, 0x1000\n"
                             "6:  sw t4, 0(t0)\n"
                             "    sw t5, 4(t0)\n"
                             "    li t6, SNIPPET\n"
                             "    sub t6, t0, t6\n"
                             "    sw t0, 0(t6)\n"
                             "    sw t1, 4(t6)\n"
                             "    sw t0, 8(t6)\n"
                             "    sw t1, 12(t6)\n"
                             "    add t0, t0, t2\n"
                             "    addi t1, t1, -1\n"
                             "    bnez t1, 6b";

// Through the hart state management of the SBI: hart 1 begins at start1, in K, translation off.
// The arguments are the hart's number, twice.
static const char start_other[] = "    li a7, 0x48534d\n"
                                  "    li a6, 0\n"
                                  "    li a0, %u\n"
                                  "    la a1, start%u\n"
                                  "    ecall";

static const char stop[] = "    li a7, 0x48534d\n"
                           "    li a6, 1\n"
                           "    ecall\n"
                           "    j finish@h";

static const char power_off[] = "    li a7, CALL_OFF\n"
                                "    li a6, 0\n"
                                "    li a0, 0\n"
                                "    li a1, 0\n"
                                "    ecall\n"
                                "    j finish@h";

// A portable program tells what it saw: registers, CSRs and the log, nibble by nibble as letters
// (a: 0 ... p: 15), by the legacy console call.
static const char tell[] = "    li t3, VARS@h\n"
                           "    lw s0, 0(t3)\n"
                           "    addi s1, t3, 0x100\n"
                           "1:  lw s2, 0(s1)\n"
                           "    li s3, 8\n"
                           "    li a7, 1\n"
                           "2:  srli a0, s2, 28\n"
                           "    addi a0, a0, 97\n"
                           "    ecall\n"
                           "    slli s2, s2, 4\n"
                           "    addi s3, s3, -1\n"
                           "    bnez s3, 2b\n"
                           "    li a0, 10\n"
                           "    ecall\n"
                           "    addi s1, s1, 4\n"
                           "    li t0, REPORT_END\n"
                           "    bne s1, t0, 3f\n"
                           "    li s1, LOG@h\n"
                           "3:  bne s1, s0, 1b";

static void put_constants(struct program *p)
{
    static const struct {
        const char *name;
        u32 value;
    } all[] = {
        {"CODE", LAYOUT_CODE},
        {"CODE_SIZE", LAYOUT_CODE_SIZE},
        {"SNIPPETS", LAYOUT_DATA + LAYOUT_SNIPPET},
        {"SNIPPET", LAYOUT_SNIPPET},
        {"DATA_PAGES", LAYOUT_DATA_PAGES},
        {"REPORT_END", LAYOUT_VARS(0) + VAR_REGISTERS + 4 * 33},
        {"CALL_TO_KERNEL", CALL_TO_KERNEL},
        {"CALL_OFF", CALL_OFF},
    };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        piece_line(p, ".equ %s, 0x%x", all[i].name, all[i].value);
    for (u32 hart = 0; hart < p->harts; hart++)
        piece_line(p, ".equ VARS%u, 0x%x\n.equ LOG%u, 0x%x", hart, LAYOUT_VARS(hart), hart,
                   LAYOUT_LOG(hart));
}

// Log limit, handler's policy, tables, CSRs, registers.
static void put_start(struct program *p)
{
    struct rng *r = &p->rng;
    u32 traps = 40 + rng_below(r, 200);
    p->space = gen_space(p);
    u32 first = tables_satp(p, p->space);
    piece_line(p, "start@h:\n    li t3, VARS@h\n    li t4, LOG@h\n    sw t4, 0(t3)");
    piece_line(p, "    li t4, 0x%x\n    sw t4, 4(t3)",
               LAYOUT_LOG(p->hart) + traps * LAYOUT_LOG_ENTRY);
    piece_line(p, "    li t4, %u\n    sw t4, 8(t3)", rng_below(r, 2));
    if (!p->portable)
        piece_line(p, "    li t4, %u\n    sw t4, 12(t3)",
                   rng_percent(r, 40) ? 60 + rng_below(r, 500) : 0);
    if (p->hart == 0)
        piece_line(p, "%s", set_up);
    piece_line(p, "    la t0, vectors@h\n    addi t0, t0, %u\n    csrw stvec, t0", rng_below(r, 2));
    for (u32 other = 1; p->hart == 0 && other < p->harts; other++)
        piece_line(p, start_other, other, other);
    if (rng_percent(r, 85))
        piece_line(p, "    li t0, 0x%x\n    csrw satp, t0\n    sfence.vma", first);
    piece_line(p, "    li t0, 0x%x\n    csrw sie, t0",
               p->portable ? rng_below(r, 2) * 2 : RNG_PICK(r, ((u32[]){0, 0x222, 0x20, 0x22})));
    for (u32 x = 1; x < 32; x++)
        piece_line(p, "    li x%u, 0x%x", x, gen_value(p));
    piece_line(p, "    csrsi sstatus, %u", rng_below(r, 2) * 2);
}

static void put_handler(struct program *p)
{
    piece_begin(p, "trap handler", true, true);
    piece_line(p, "    .balign 64\nvectors@h:");
    for (int i = 0; i < 16; i++)
        piece_line(p, "    j trap@h");
    piece_line(p, "%s", handler_log);
    piece_line(p, "%s", p->portable ? handler_portable : handler_clock);
    piece_line(p, "%s", handler);
    if (p->wide)
        piece_line(p, "%s", handler_wide);
    piece_line(p, "%s", handler_leaf);
    piece_end(p);
}

void frame_head(struct program *p)
{
    if (p->hart == 0) {
        piece_begin(p, "entry", true, true);
        put_constants(p);
        piece_line(p, "%s", entry);
        piece_end(p);
    }
    put_handler(p);
    piece_begin(p, "start", true, true);
    put_start(p);
    piece_end(p);
}

// Saves the registers that a body can name and the CSRs, then prints them and the log.
static void put_report(struct program *p)
{
    static const char *const csrs[] = {"sstatus", "stvec", "sscratch", "satp", "sie"};
    piece_line(p, "    li t3, VARS@h");
    for (u32 x = 1; x < 28; x++)
        piece_line(p, "    sw x%u, 0x%x(t3)", x, VAR_REGISTERS + 4 * x);
    for (u32 i = 0; i < sizeof csrs / sizeof *csrs; i++)
        piece_line(p, "    csrr t4, %s\n    sw t4, 0x%x(t3)", csrs[i],
                   VAR_REGISTERS + 4 * (28 + i));
    piece_line(p, "    csrw satp, zero\n%s", tell);
}

void frame_end(struct program *p)
{
    piece_begin(p, "end", true, true);
    gen_to_kernel(p);
    piece_line(p, "finish@h:");
    if (p->portable)
        put_report(p);
    piece_line(p, "%s", p->hart ? stop : power_off);
    piece_end(p);
}

// The list of single entries ends; then come runs of entries (first one's address, first one, how
// many) for the spaces that map their own code and data by 4 KiB pages.
void frame_tail(struct program *p)
{
    const u32 harts = p->harts > 2 ? p->harts : 2; // that have variables and a log
    const struct {
        enum leaf_table table;
        u32 page, pages, flags;
    } runs[] = {
        {LEAF_IDENTITY, 0, LAYOUT_CODE_SIZE / PAGE_SIZE,
         PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D},
        {LEAF_IDENTITY, 0x100, 8 * p->spaces, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D},
        {LEAF_IDENTITY, 0x180, LAYOUT_DATA_PAGES, PTE_V | PTE_R | PTE_W | PTE_X | PTE_A | PTE_D},
        {LEAF_IDENTITY, 0x1a0, 1, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D},
        {LEAF_IDENTITY, 0x1c0, 1 + 2 * harts, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D},
        {LEAF_ALIAS, 0, LAYOUT_CODE_SIZE / PAGE_SIZE,
         PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D},
    };
    piece_begin(p, "end of the tables", true, true);
    piece_line(p, "    .word 0\nruns:");
    for (u32 s = 0; s < p->spaces; s++)
        for (size_t i = 0; i < sizeof runs / sizeof *runs; i++)
            if (p->small_pages[runs[i].table][s])
                piece_line(
                    p, "    .word 0x%x, 0x%x, %u", LAYOUT_LEAF(s, runs[i].table) + 4 * runs[i].page,
                    PTE_MAKE(LAYOUT_CODE + runs[i].page * PAGE_SIZE, runs[i].flags), runs[i].pages);
    piece_line(p, "    .word 0");
    piece_end(p);
}
