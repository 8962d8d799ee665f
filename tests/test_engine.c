// Every instruction, executed: results at the edges of their ranges from the unprivileged
// specification, and what each trap leaves behind.
#include "tests/program.h"
#include "tests/suite.h"

#include "isa/isa.h"

#include <stdio.h>
#include <string.h>

enum { T0 = 5, T1 = 6, T2 = 7, A0 = 10, A1 = 11, A2 = 12 };

// ---- results: a0 after the instruction, with a1 and a2 as given

struct result {
    const char *text;
    u32 a1, a2, expected;
};

static const struct result results[] = {
    {"lui a0, 0xfffff", 0, 0, 0xfffff000},
    {"auipc a0, 1", 0, 0, BOARD_KERNEL + 0x1000},
    {"addi a0, a1, -1", 0, 0, 0xffffffff},
    {"addi a0, a1, 2047", 0x7fffffff, 0, 0x800007fe},
    {"slti a0, a1, -1", 0xfffffffe, 0, 1},
    {"slti a0, a1, -1", 0x7fffffff, 0, 0},
    {"sltiu a0, a1, -1", 0xfffffffe, 0, 1},
    {"sltiu a0, a1, 1", 0, 0, 1},
    {"sltiu a0, a1, 1", 1, 0, 0},
    {"xori a0, a1, -1", 0x0f0f0f0f, 0, 0xf0f0f0f0},
    {"ori a0, a1, -2048", 1, 0, 0xfffff801},
    {"andi a0, a1, -2048", 0xffffffff, 0, 0xfffff800},
    {"slli a0, a1, 31", 3, 0, 0x80000000},
    {"srli a0, a1, 31", 0x80000000, 0, 1},
    {"srai a0, a1, 31", 0x80000000, 0, 0xffffffff},
    {"srai a0, a1, 0", 0x80000001, 0, 0x80000001},
    {"srai a0, a1, 4", 0x7fffffff, 0, 0x07ffffff},
    {"add a0, a1, a2", 0xffffffff, 1, 0},
    {"sub a0, a1, a2", 0, 1, 0xffffffff},
    {"sll a0, a1, a2", 1, 0xffffffe1, 2},
    {"slt a0, a1, a2", 0x80000000, 0x7fffffff, 1},
    {"slt a0, a1, a2", 5, 5, 0},
    {"sltu a0, a1, a2", 0x80000000, 0x7fffffff, 0},
    {"sltu a0, a1, a2", 0, 0xffffffff, 1},
    {"xor a0, a1, a2", 0xff00ff00, 0x0ff00ff0, 0xf0f0f0f0},
    {"srl a0, a1, a2", 0x80000000, 32 + 4, 0x08000000},
    {"sra a0, a1, a2", 0x80000000, 32 + 4, 0xf8000000},
    {"sra a0, a1, a2", 0x80000000, 32, 0x80000000},
    {"or a0, a1, a2", 0xff00ff00, 0x0ff00ff0, 0xfff0fff0},
    {"and a0, a1, a2", 0xff00ff00, 0x0ff00ff0, 0x0f000f00},

    {"mul a0, a1, a2", 0x80000001, 3, 0x80000003},
    {"mul a0, a1, a2", 0xffffffff, 0xffffffff, 1},
    {"mulh a0, a1, a2", 0xffffffff, 0xffffffff, 0},
    {"mulh a0, a1, a2", 0x80000000, 0x80000000, 0x40000000},
    {"mulh a0, a1, a2", 0x80000000, 1, 0xffffffff},
    {"mulhsu a0, a1, a2", 0xffffffff, 0xffffffff, 0xffffffff},
    {"mulhsu a0, a1, a2", 1, 0xffffffff, 0},
    {"mulhsu a0, a1, a2", 0x80000000, 0x80000000, 0xc0000000},
    {"mulhu a0, a1, a2", 0xffffffff, 0xffffffff, 0xfffffffe},
    {"mulhu a0, a1, a2", 0x80000000, 2, 1},
    {"div a0, a1, a2", 7, 0xfffffffe, 0xfffffffd},
    {"div a0, a1, a2", 0xfffffff9, 2, 0xfffffffd},
    {"div a0, a1, a2", 5, 0, 0xffffffff},
    {"div a0, a1, a2", 0x80000000, 0xffffffff, 0x80000000},
    {"divu a0, a1, a2", 0xffffffff, 2, 0x7fffffff},
    {"divu a0, a1, a2", 5, 0, 0xffffffff},
    {"rem a0, a1, a2", 0xfffffff9, 2, 0xffffffff},
    {"rem a0, a1, a2", 7, 0xfffffffe, 1},
    {"rem a0, a1, a2", 0xfffffff9, 0, 0xfffffff9},
    {"rem a0, a1, a2", 0x80000000, 0xffffffff, 0},
    {"remu a0, a1, a2", 0xffffffff, 16, 15},
    {"remu a0, a1, a2", 5, 0, 5},

    {"rdmode a0", 0, 0, 1},
    {"pushst a0", 0, 0, 0},
};

static struct machine *prepared(const char *text, u32 a1, u32 a2)
{
    struct machine_config config = machine_config_default();
    config.ram = 8u << 20;
    config.profile = ISA_HOLES;
    struct machine *m = program_machine(text, &config);
    machine_hart(m, 0)->x[A0] = 0xa0a0a0a0;
    machine_hart(m, 0)->x[A1] = a1;
    machine_hart(m, 0)->x[A2] = a2;
    return m;
}

static bool executed[INSN_COUNT];

static void run_one(struct machine *m)
{
    u32 word;
    machine_read(m, machine_hart(m, 0)->pc, &word, 4);
    executed[isa_decode(word, true).insn] = true;
    CU_ASSERT_EQUAL(machine_run(m, 1), STOP_STEPS);
}

static void results_are_those_of_the_manual(void)
{
    for (size_t i = 0; i < sizeof results / sizeof *results; i++) {
        const struct result *r = &results[i];
        struct machine *m = prepared(r->text, r->a1, r->a2);
        run_one(m);
        const struct hart_state *h = machine_hart(m, 0);
        if (h->x[A0] != r->expected)
            printf("# %s with 0x%x, 0x%x: 0x%x, not 0x%x\n", r->text, r->a1, r->a2, h->x[A0],
                   r->expected);
        CU_ASSERT_EQUAL(h->x[A0], r->expected);
        CU_ASSERT_EQUAL(h->pc, BOARD_KERNEL + 4);
        CU_ASSERT_EQUAL(h->retired, 1);
        CU_ASSERT_EQUAL(h->x[A1], r->a1);
        machine_free(m);
    }
}

static void x0_stays_zero(void)
{
    static const char *const writers[] = {"addi x0, a1, 5",        "lui x0, 1",
                                          "jal x0, .+4",           "lw x0, (a1)",
                                          "mul x0, a1, a1",        "amoadd.w x0, a1, (a1)",
                                          "csrrw x0, sscratch, a1"};
    for (size_t i = 0; i < sizeof writers / sizeof *writers; i++) {
        struct machine *m = prepared(writers[i], BOARD_KERNEL + 0x100, 0);
        run_one(m);
        CU_ASSERT_EQUAL(machine_hart(m, 0)->x[0], 0);
        CU_ASSERT_EQUAL(machine_hart(m, 0)->retired, 1);
        machine_free(m);
    }
}

// ---- branches

static void branches_go_where_their_condition_says(void)
{
    static const struct {
        const char *name;
        bool taken[4]; // a1, a2 = 1, 2; 2, 2; -1, 1; 1, -1
    } rows[] = {{"beq", {0, 1, 0, 0}}, {"bne", {1, 0, 1, 1}},  {"blt", {1, 0, 1, 0}},
                {"bge", {0, 1, 0, 1}}, {"bltu", {1, 0, 0, 1}}, {"bgeu", {0, 1, 1, 0}}};
    static const u32 operands[4][2] = {{1, 2}, {2, 2}, {0xffffffff, 1}, {1, 0xffffffff}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        for (u32 k = 0; k < 4; k++) {
            char text[40];
            snprintf(text, sizeof text, "%s a1, a2, .+0x40", rows[i].name);
            struct machine *m = prepared(text, operands[k][0], operands[k][1]);
            run_one(m);
            CU_ASSERT_EQUAL(machine_hart(m, 0)->pc, BOARD_KERNEL + (rows[i].taken[k] ? 0x40 : 4));
            machine_free(m);
        }
}

static void jumps_link_and_jalr_clears_bit_0(void)
{
    struct machine *m = prepared("jal a0, .+0x100", 0, 0);
    run_one(m);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[A0], BOARD_KERNEL + 4);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->pc, BOARD_KERNEL + 0x100);
    machine_free(m);
    m = prepared("jalr a1, 5(a1)", BOARD_KERNEL + 0x40, 0); // rd is rs1: the old one counts
    run_one(m);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[A1], BOARD_KERNEL + 4);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->pc, BOARD_KERNEL + 0x44);
    machine_free(m);
}

// ---- memory

#define DATA (BOARD_KERNEL + 0x1000)

static void loads_extend_as_they_say(void)
{
    static const struct result rows[] = {
        {"lb a0, 3(a1)", DATA, 0, 0xffffff84}, {"lbu a0, 3(a1)", DATA, 0, 0x84},
        {"lh a0, 2(a1)", DATA, 0, 0xffff8403}, {"lhu a0, 2(a1)", DATA, 0, 0x8403},
        {"lw a0, 0(a1)", DATA, 0, 0x84030281}, {"lb a0, -1(a1)", DATA + 2, 0, 2},
        {"lb a0, 0(a1)", DATA, 0, 0xffffff81},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine *m = prepared(rows[i].text, rows[i].a1, 0);
        machine_write(m, DATA, "\x81\x02\x03\x84", 4);
        run_one(m);
        CU_ASSERT_EQUAL(machine_hart(m, 0)->x[A0], rows[i].expected);
        machine_free(m);
    }
}

static void stores_write_their_bytes_and_no_others(void)
{
    static const struct {
        const char *text;
        u32 expected;
    } rows[] = {
        {"sb a2, 1(a1)", 0x11112211}, {"sh a2, 2(a1)", 0x44221111}, {"sw a2, 0(a1)", 0x88664422}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        u32 word = 0x11111111, after[3];
        struct machine *m = prepared(rows[i].text, DATA, 0x88664422);
        machine_write(m, DATA, &word, 4);
        run_one(m);
        machine_read(m, DATA - 4, after, 12);
        CU_ASSERT_EQUAL(after[0], 0);
        CU_ASSERT_EQUAL(after[1], rows[i].expected);
        CU_ASSERT_EQUAL(after[2], 0);
        machine_free(m);
    }
}

static void amo_returns_the_old_word_and_stores_the_new(void)
{
    static const struct {
        const char *name;
        u32 memory, operand, expected;
    } rows[] = {
        {"amoswap.w", 1, 2, 2},
        {"amoadd.w", 0xffffffff, 2, 1},
        {"amoxor.w", 0xff00, 0x0ff0, 0xf0f0},
        {"amoand.w", 0xff00, 0x0ff0, 0x0f00},
        {"amoor.w", 0xff00, 0x0ff0, 0xfff0},
        {"amomin.w", 0xffffffff, 1, 0xffffffff},
        {"amomin.w", 1, 0x80000000, 0x80000000},
        {"amomax.w", 0xffffffff, 1, 1},
        {"amomax.w", 3, 0x80000000, 3},
        {"amominu.w", 0xffffffff, 1, 1},
        {"amominu.w", 0, 0x80000000, 0},
        {"amomaxu.w", 0xffffffff, 1, 0xffffffff},
        {"amomaxu.w", 1, 2, 2},
        {"amoadd.w.aqrl", 1, 1, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[40];
        u32 after;
        snprintf(text, sizeof text, "%s a0, a2, (a1)", rows[i].name);
        struct machine *m = prepared(text, DATA, rows[i].operand);
        machine_write(m, DATA, &rows[i].memory, 4);
        run_one(m);
        machine_read(m, DATA, &after, 4);
        CU_ASSERT_EQUAL(machine_hart(m, 0)->x[A0], rows[i].memory);
        CU_ASSERT_EQUAL(after, rows[i].expected);
        machine_free(m);
    }
}

static void amo_takes_its_operand_before_it_writes_rd(void)
{
    u32 word = 5, after;
    struct machine *m = prepared("amoadd.w a2, a2, (a1)", DATA, 7);
    machine_write(m, DATA, &word, 4);
    run_one(m);
    machine_read(m, DATA, &after, 4);
    CU_ASSERT_EQUAL(after, 12);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[A2], 5);
    machine_free(m);
}

// a0 after 12 steps of a program that ends in a loop: what its last sc.w said.
static u32 result_of(const char *text)
{
    struct machine *m = prepared(text, DATA, 77);
    for (int i = 0; i < 12; i++)
        run_one(m);
    u32 a0 = machine_hart(m, 0)->x[A0];
    machine_free(m);
    return a0;
}

static void a_reservation_holds_until_what_ends_it(void)
{
    CU_ASSERT_EQUAL(result_of("lr.w a0, (a1)\n sc.w a0, a2, (a1)\n j ."), 0);
    CU_ASSERT_EQUAL(result_of("sc.w a0, a2, (a1)\n j ."), 1);
    CU_ASSERT_EQUAL(result_of("lr.w a0, (a1)\n addi a1, a1, 4\n sc.w a0, a2, (a1)\n j ."), 1);
    // Any sc.w ends it, one that fails as well.
    CU_ASSERT_EQUAL(result_of("lr.w a0, (a1)\n sc.w a0, a2, (a1)\n sc.w a0, a2, (a1)\n j ."), 1);
    // The hart's own stores and AMOs do not.
    CU_ASSERT_EQUAL(
        result_of("lr.w a0, (a1)\n sw a2, (a1)\n amoadd.w a0, a2, (a1)\n sc.w a0, a2, (a1)\n j ."),
        0);
    // A second lr.w moves it.
    CU_ASSERT_EQUAL(
        result_of("lr.w a0, (a1)\n addi a0, a1, 4\n lr.w a0, (a0)\n sc.w a0, a2, (a1)\n j ."), 1);
    // A trap and an sret do not end it.
    CU_ASSERT_EQUAL(
        result_of(" la t0, h\n csrw stvec, t0\n lr.w a0, (a1)\n ebreak\n sc.w a0, a2, (a1)\n j .\n"
                  "h: csrr t0, sepc\n addi t0, t0, 4\n csrw sepc, t0\n sret"),
        0);
}

// ---- traps

struct trap_row {
    const char *text;
    u32 a1;
    u32 cause, tval;
};

static const struct trap_row traps[] = {
    {".word 0", 0, 2, 0},
    {".word 0xffffffff", 0, 2, 0xffffffff},
    {"csrr a0, 0x300", 0, 2, 0x30002573},
    {"csrw time, a1", 0, 2, 0xc0159073},
    {"ebreak", 0, 3, BOARD_KERNEL},
    {"jal a0, .+6", 0, 0, BOARD_KERNEL + 6},
    {"jalr a0, (a1)", DATA + 2, 0, DATA + 2},
    {"jalr a0, 3(a1)", DATA, 0, DATA + 2},
    {"beq x0, x0, .+10", 0, 0, BOARD_KERNEL + 10},
    {"jrst a1", DATA + 2, 0, DATA + 2},
    {"lh a0, (a1)", DATA + 1, 4, DATA + 1},
    {"lw a0, (a1)", DATA + 2, 4, DATA + 2},
    {"lhu a0, (a1)", DATA + 3, 4, DATA + 3},
    {"lr.w a0, (a1)", DATA + 2, 4, DATA + 2},
    {"sh a0, (a1)", DATA + 1, 6, DATA + 1},
    {"sw a0, (a1)", DATA + 3, 6, DATA + 3},
    {"sc.w a0, a0, (a1)", DATA + 1, 6, DATA + 1},
    {"amoadd.w a0, a0, (a1)", DATA + 2, 6, DATA + 2},
    {"lw a0, 4(a1)", 0x40000000, 5, 0x40000004},
    {"sw a0, 4(a1)", 0x40000000, 7, 0x40000004},
    {"lr.w a0, (a1)", 0x40000000, 5, 0x40000000},
    {"sc.w a0, a0, (a1)", 0x40000000, 7, 0x40000000},
    {"amoor.w a0, a0, (a1)", 0x40000000, 7, 0x40000000},
    // A device answers loads and stores only.
    {"lr.w a0, (a1)", 0x0c000004, 5, 0x0c000004},
    {"sc.w a0, a0, (a1)", 0x0c000004, 7, 0x0c000004},
    {"amoswap.w a0, a0, (a1)", 0x0c000004, 7, 0x0c000004},
    {"lw a0, (a1)", 0x10000000, 5, 0x10000000}, // the UART answers bytes
    {"lw a0, (a1)", 0x80800000, 5, 0x80800000}, // the first byte behind RAM
    {"lw a0, -4(a1)", 0x80000000, 5, 0x7ffffffc},
    {"lw a0, (a1)", 0xfffffffc, 5, 0xfffffffc},
    // Misaligned comes before what else is wrong.
    {"lw a0, (a1)", 0x40000002, 4, 0x40000002},
    {"sw a0, (a1)", 0x10000001, 6, 0x10000001},
};

static void traps_are_precise(void)
{
    for (size_t i = 0; i < sizeof traps / sizeof *traps; i++) {
        struct machine *m = prepared(traps[i].text, traps[i].a1, 0);
        struct hart_state *h = machine_hart(m, 0);
        h->stvec = BOARD_KERNEL + 0x800;
        run_one(m);
        if (h->scause != traps[i].cause || h->stval != traps[i].tval)
            printf("# %s: scause %u stval 0x%x\n", traps[i].text, h->scause, h->stval);
        CU_ASSERT_EQUAL(h->scause, traps[i].cause);
        CU_ASSERT_EQUAL(h->stval, traps[i].tval);
        CU_ASSERT_EQUAL(h->sepc, BOARD_KERNEL);
        CU_ASSERT_EQUAL(h->pc, BOARD_KERNEL + 0x800);
        CU_ASSERT_EQUAL(h->x[A0], 0xa0a0a0a0);
        CU_ASSERT_EQUAL(h->retired, 0);
        CU_ASSERT_EQUAL(machine_steps(m), 1);
        machine_free(m);
    }
}

static void a_branch_not_taken_may_be_misaligned(void)
{
    struct machine *m = prepared("bne x0, x0, .+10", 0, 0);
    run_one(m);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->pc, BOARD_KERNEL + 4);
    machine_free(m);
}

static void a_fetch_outside_ram_is_an_access_fault(void)
{
    static const u32 places[] = {0, 0x10000000, 0x7ffffffc, 0x80800000, 0xfffffffc};
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        struct machine *m = prepared("nop", 0, 0);
        struct hart_state *h = machine_hart(m, 0);
        h->stvec = BOARD_KERNEL;
        h->pc = places[i];
        machine_run(m, 1);
        CU_ASSERT_EQUAL(h->scause, 1);
        CU_ASSERT_EQUAL(h->stval, places[i]);
        CU_ASSERT_EQUAL(h->sepc, places[i]);
        machine_free(m);
    }
}

static void user_mode_may_not_touch_what_is_the_kernels(void)
{
    static const char *const words[] = {"sret",
                                        "wfi",
                                        "sfence.vma",
                                        "sfence.vma a1, a2",
                                        "csrr a0, sstatus",
                                        "csrr a0, sip",
                                        "csrw sscratch, a0",
                                        "csrr a0, satp",
                                        "csrr a0, time",
                                        "csrr a0, stimecmp"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        struct machine *m = prepared(words[i], 0, 0);
        struct hart_state *h = machine_hart(m, 0);
        u32 word;
        machine_read(m, BOARD_KERNEL, &word, 4);
        h->mode = MODE_U;
        h->stvec = BOARD_KERNEL + 0x800;
        h->scounteren = 0;
        machine_run(m, 1);
        CU_ASSERT_EQUAL(h->scause, 2);
        CU_ASSERT_EQUAL(h->stval, word);
        CU_ASSERT_EQUAL(h->run, HART_RUNNING);
        CU_ASSERT_EQUAL(h->sstatus & SSTATUS_SPP, 0);
        machine_free(m);
    }
}

static void ecall_from_user_mode_traps_with_stval_0(void)
{
    struct machine *m = prepared("ecall", 0, 0);
    struct hart_state *h = machine_hart(m, 0);
    h->mode = MODE_U;
    h->stval = 99;
    machine_run(m, 1);
    CU_ASSERT_EQUAL(h->scause, 8);
    CU_ASSERT_EQUAL(h->stval, 0);
    CU_ASSERT_EQUAL(h->retired, 0);
    machine_free(m);
}

static void holes_do_not_trap_in_user_mode_and_mean_something_else(void)
{
    struct machine *m =
        prepared("rdmode a0\n popst a1\n pushst a0\n jrst a2", SSTATUS_SUM | SSTATUS_SIE, DATA);
    struct hart_state *h = machine_hart(m, 0);
    h->mode = MODE_U;
    h->sstatus = SSTATUS_MXR;
    run_one(m);
    CU_ASSERT_EQUAL(h->x[A0], 0);
    run_one(m);
    CU_ASSERT_EQUAL(h->sstatus, SSTATUS_MXR);
    run_one(m);
    CU_ASSERT_EQUAL(h->x[A0], SSTATUS_MXR);
    run_one(m);
    CU_ASSERT_EQUAL(h->pc, DATA);
    CU_ASSERT_EQUAL(h->mode, MODE_U);
    machine_free(m);
    m = prepared("popst a1\n jrst a2", 0xffffffff, DATA + 1);
    h = machine_hart(m, 0);
    run_one(m);
    CU_ASSERT_EQUAL(h->sstatus,
                    SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR);
    run_one(m);
    CU_ASSERT_EQUAL(h->pc, DATA);
    CU_ASSERT_EQUAL(h->mode, MODE_U);
    machine_free(m);
}

static void without_the_profile_a_hole_is_illegal(void)
{
    struct machine *m = program_machine("rdmode a0", NULL);
    machine_run(m, 1);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->scause, 2);
    machine_free(m);
}

// ---- the rest of the system instructions

static void every_fence_is_legal_and_does_nothing_to_the_registers(void)
{
    static const u32 fences[] = {0x0ff0000f, 0x8330000f, 0x0100000f,
                                 0xfff7878f, 0x0000100f, 0xfff7978f};
    for (size_t i = 0; i < sizeof fences / sizeof *fences; i++) {
        struct machine *m = prepared("nop", 0, 0);
        machine_write(m, BOARD_KERNEL, &fences[i], 4);
        run_one(m);
        CU_ASSERT_EQUAL(machine_hart(m, 0)->retired, 1);
        CU_ASSERT_EQUAL(machine_hart(m, 0)->x[15], 0);
        machine_free(m);
    }
}

static void sret_wfi_sfence_and_csr_instructions_run_in_kernel_mode(void)
{
    struct machine *m = prepared("csrrw a0, sscratch, a1\n csrrs a0, sscratch, a1\n csrrc a0, "
                                 "sscratch, a1\n csrrwi a0, sscratch, 1\n"
                                 " csrrsi a0, sscratch, 2\n csrrci a0, sscratch, 1\n sfence.vma\n "
                                 "la a2, 1f\n csrw sepc, a2\n sret\n"
                                 "1: wfi\n",
                                 0xf0, 0);
    struct hart_state *h = machine_hart(m, 0);
    h->sstatus = SSTATUS_SPP;
    while (h->run == HART_RUNNING && machine_steps(m) < 20)
        run_one(m);
    CU_ASSERT_EQUAL(h->sscratch, 2);
    CU_ASSERT_EQUAL(h->run, HART_PARKED);
    CU_ASSERT_EQUAL(h->retired, 12);
    machine_free(m);
}

static void ecall_from_the_kernel_retires(void)
{
    struct machine *m =
        prepared("li a7, 0x10\n li a6, 3\n li a0, 0x4442434e\n ecall", 0, 0); // probe DBCN
    for (int i = 0; i < 5; i++)
        run_one(m);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[A0], 0);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[A1], 1);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->retired, 5);
    machine_free(m);
}

// Kept last: it looks at what the tests above have run.
static void every_row_of_the_table_was_executed(void)
{
    for (int i = INSN_ILLEGAL + 1; i < INSN_COUNT; i++) {
        // tests/test_h.c and tests/test_house.c look at these
        if (isa_insns[i].profile == ISA_H || isa_insns[i].profile == ISA_HOUSE)
            continue;
        if (!executed[i])
            printf("# %s was not\n", isa_insns[i].mnemonic);
        CU_ASSERT(executed[i]);
    }
}

const struct suite suite_engine = {
    "engine",
    (const struct test[]){
        {"results are those of the manual", results_are_those_of_the_manual},
        {"x0 stays zero", x0_stays_zero},
        {"branches go where their condition says", branches_go_where_their_condition_says},
        {"jumps link and jalr clears bit 0", jumps_link_and_jalr_clears_bit_0},
        {"loads extend as they say", loads_extend_as_they_say},
        {"stores write their bytes and no others", stores_write_their_bytes_and_no_others},
        {"amo returns the old word and stores the new",
         amo_returns_the_old_word_and_stores_the_new},
        {"amo takes its operand before it writes rd", amo_takes_its_operand_before_it_writes_rd},
        {"a reservation holds until what ends it", a_reservation_holds_until_what_ends_it},
        {"traps are precise", traps_are_precise},
        {"a branch not taken may be misaligned", a_branch_not_taken_may_be_misaligned},
        {"a fetch outside RAM is an access fault", a_fetch_outside_ram_is_an_access_fault},
        {"user mode may not touch what is the kernel's",
         user_mode_may_not_touch_what_is_the_kernels},
        {"ecall from user mode traps with stval 0", ecall_from_user_mode_traps_with_stval_0},
        {"holes do not trap in user mode and mean something else",
         holes_do_not_trap_in_user_mode_and_mean_something_else},
        {"without the profile a hole is illegal", without_the_profile_a_hole_is_illegal},
        {"every fence is legal and does nothing to the registers",
         every_fence_is_legal_and_does_nothing_to_the_registers},
        {"sret, wfi, sfence and CSR instructions run in kernel mode",
         sret_wfi_sfence_and_csr_instructions_run_in_kernel_mode},
        {"ecall from the kernel retires", ecall_from_the_kernel_retires},
        {"every row of the table was executed", every_row_of_the_table_was_executed},
        {0},
    }};
