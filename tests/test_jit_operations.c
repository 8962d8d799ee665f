// The translator, operation by operation: each with registers of each kind in each place, and each
// with the same results as the interpreter's.
#include "tests/program.h"
#include "tests/suite.h"

#include "sim/core/core.h"
#include "sim/engine/exec.h"
#include "sim/engine/jit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct translator *translator_of(const struct machine *m)
{
    return ((struct fast *)m->engine_data)->jit;
}

#define MATRIX_CODE 0x80800000u
#define MATRIX_VALUES 0x81000000u  // words to compute with; what is before them can be loaded too
#define MATRIX_SCRATCH 0x81002000u // to store to; what is before it too
#define MATRIX_PASSES 0x81004000u  // a word: how often all is to be done
#define MATRIX_RESULTS 0x81005000u

// A trap skips its instruction.
static const char matrix[] =
    " la t0, trap\n csrw stvec, t0\n again: li t0, 0x80800000\n jr t0\n"
    " done: li t0, 0x81004000\n lw t1, 0(t0)\n addi t1, t1, -1\n sw t1, 0(t0)\n"
    " bnez t1, again\n" POWER_OFF_TEXT
    " .balign 4\n trap: csrw sscratch, t0\n csrr t0, sepc\n addi t0, t0, 4\n"
    " csrw sepc, t0\n csrr t0, sscratch\n sret\n";

static const u32 matrix_values[] = {
    0,          1,          2,          3,          31,         32,         33,
    0x7f,       0x80,       0xff,       0x7fff,     0x8000,     0xffff,     0x10000,
    0x7ffffffe, 0x7fffffff, 0x80000000, 0x80000001, 0xaaaaaaaa, 0xfffffffe, 0xffffffff};
#define VALUES (sizeof matrix_values / sizeof *matrix_values)

struct matrix {
    struct machine *m;
    mpa at;      // of the next word
    u32 results; // stored so far
};

static void put(struct matrix *x, enum insn insn, u32 rd, u32 rs1, u32 rs2, i32 imm)
{
    u32 word =
        isa_encode((struct decoded){.insn = insn, .rd = rd, .rs1 = rs1, .rs2 = rs2, .imm = imm});
    machine_write(x->m, x->at, &word, sizeof word);
    x->at += 4;
}

static void put_value(struct matrix *x, u32 rd, u32 base)
{
    put(x, INSN_lw, rd, base, 0, rand() % (i32)VALUES * 4);
}

static void put_operation(struct matrix *x, enum insn insn, u32 rd, u32 rs1, u32 rs2, u32 base)
{
    static const i32 csrs[] = {CSR_sscratch, CSR_sepc, CSR_scause, CSR_stval};
    static const i32 limits[] = {-2048, -1, 0, 1, 127, 128, 2047};
    i32 imm = rand() % 2 ? limits[rand() % 7] : rand() % 4096 - 2048;
    i32 aligned = rand() % 16 ? imm & ~3 : imm;
    u8 format = isa_insns[insn].format;
    if (insn == INSN_jalr) { // to what comes next, bit 0 being ignored
        put(x, INSN_auipc, rs1, 0, 0, 0);
        put(x, insn, rd, rs1, 0, 8 + rand() % 2);
    } else if (format == ISA_FORMAT_LOAD || format == ISA_FORMAT_STORE ||
               format == ISA_FORMAT_AMO) {
        put(x, INSN_lui, rs1, 0, 0,
            (i32)(format == ISA_FORMAT_LOAD ? MATRIX_VALUES : MATRIX_SCRATCH));
        put(x, insn, rd, rs1, rs2, format == ISA_FORMAT_AMO ? 0 : aligned);
    } else if (format == ISA_FORMAT_B || format == ISA_FORMAT_J) { // over a store of where we are
        put(x, INSN_auipc, base, 0, 0, 0);
        put(x, insn, rd, rs1, rs2, 12);
        put(x, INSN_lui, base, 0, 0, (i32)MATRIX_SCRATCH);
        put(x, INSN_sw, 0, base, base, x->at % 1024);
    } else if (format == ISA_FORMAT_CSR || format == ISA_FORMAT_CSRI) {
        put(x, insn, rd, rs1, 0, csrs[rand() % 4]);
    } else if (format == ISA_FORMAT_U) {
        put(x, insn, rd, 0, 0, (i32)((u32)rand() << 12));
    } else {
        put(x, insn, rd, rs1, rs2, format == ISA_FORMAT_SHIFT ? imm & 31 : imm);
    }
}

// Operands from the values, the operation, and its result stored. The base is a register that it
// does not use.
static void put_case(struct matrix *x, enum insn insn, u32 rd, u32 rs1, u32 rs2)
{
    u32 base;
    do
        base = 1 + (u32)rand() % 31;
    while (base == rd || base == rs1 || base == rs2);
    put(x, INSN_lui, base, 0, 0, (i32)MATRIX_VALUES);
    put_value(x, rd, base);
    put_value(x, rs1, base);
    put_value(x, rs2, base);
    put_operation(x, insn, rd, rs1, rs2, base);
    put(x, INSN_lui, base, 0, 0, (i32)(MATRIX_RESULTS + (x->results / 256 << PAGE_SHIFT)));
    put(x, INSN_sw, 0, base, rd, (i32)(x->results++ % 256 * 4));
}

static bool is_in_matrix(enum insn insn, u32 rs1)
{
    u8 format = isa_insns[insn].format;
    bool pointer = insn == INSN_jalr || format == ISA_FORMAT_LOAD || format == ISA_FORMAT_STORE ||
                   format == ISA_FORMAT_AMO;
    return format != ISA_FORMAT_NONE && format != ISA_FORMAT_SFENCE && !isa_insns[insn].profile &&
           (format != ISA_FORMAT_RD && format != ISA_FORMAT_RS1) && (rs1 || !pointer);
}

// x0, registers in memory, and those that host code holds, of each kind that x86 encodes in its own
// way; and any.
static u32 matrix_register(u32 choice)
{
    static const u8 kinds[] = {0, 1, 2, 10, 11, 13, 16, 31};
    return choice < sizeof kinds ? kinds[choice] : (u32)rand() % 32;
}
#define CHOICES 9u

static struct machine *matrix_machine(enum engine_choice engine, bool eager, u32 one_in, u32 passes)
{
    struct machine_config config = machine_config_default();
    config.engine = engine;
    config.eager = eager;
    struct matrix x = {program_machine(matrix, &config), MATRIX_CODE, 0};
    machine_write(x.m, MATRIX_VALUES, matrix_values, sizeof matrix_values);
    machine_write(x.m, MATRIX_PASSES, &passes, sizeof passes);
    srand(5);
    for (enum insn insn = INSN_ILLEGAL + 1; insn < INSN_COUNT; insn++)
        for (u32 i = 0; i < CHOICES * CHOICES * CHOICES; i++) {
            u32 rd = matrix_register(i % CHOICES), rs1 = matrix_register(i / CHOICES % CHOICES);
            u32 rs2 = matrix_register(i / CHOICES / CHOICES);
            if (is_in_matrix(insn, rs1) && (u32)rand() % one_in == 0)
                put_case(&x, insn, rd, rs1, rs2);
        }
    put(&x, INSN_lui, 5, 0, 0, (i32)BOARD_KERNEL);
    put(&x, INSN_jalr, 0, 5, 0, (i32)(program_label("done") - BOARD_KERNEL));
    return x.m;
}

static void matrix_is_alike(bool eager, u32 one_in, u32 passes)
{
    struct machine *plain = matrix_machine(ENGINE_PLAIN, false, one_in, passes);
    struct machine *jit = matrix_machine(ENGINE_JIT, eager, one_in, passes);
    struct translator *t = translator_of(jit);
    CU_ASSERT_EQUAL(machine_run(plain, 1u << 24), STOP_POWER);
    CU_ASSERT_EQUAL(machine_run(jit, 1u << 24), STOP_POWER);
    CU_ASSERT_EQUAL(machine_compare(plain, jit, stderr, 8), 0);
    CU_ASSERT(!t || t->used - t->first > 400000);
    machine_free(plain);
    machine_free(jit);
}

static void every_operation_does_the_same_in_whatever_registers(void)
{
    matrix_is_alike(true, 1, 1);
}

static void so_it_does_where_only_loops_are_translated(void)
{
    matrix_is_alike(false, 16, 80);
}

const struct suite suite_jit_operations = {
    "jit_operations",
    (const struct test[]){
        {"every operation does the same in whatever registers",
         every_operation_does_the_same_in_whatever_registers},
        {"so it does where only loops are translated", so_it_does_where_only_loops_are_translated},
        {0},
    }};
