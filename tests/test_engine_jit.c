// The translator: that it translates, forgets, takes no more time than it may, and can be done
// without. Single operations are for tests/test_jit_operations.c, and whole programs for
// tests/test_engine_fast.c and the fuzzer.
#include "tests/program.h"
#include "tests/suite.h"

#include "sim/core/core.h"
#include "sim/engine/exec.h"
#include "sim/engine/jit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// A loop of calls, long enough to be worth it.
static const char loop[] =
    " li s0, 5000\n 1: call work\n addi s0, s0, -1\n bnez s0, 1b\n" POWER_OFF_TEXT
    " work: li t0, 20\n 2: mul a2, a2, t0\n xor a2, a2, s0\n addi t0, t0, -1\n bnez t0, 2b\n"
    " ret\n";
#define LOOP_STEPS 1000000u

static struct translator *translator_of(const struct machine *m)
{
    return ((struct fast *)m->engine_data)->jit;
}

static u64 hash_with(enum engine_choice engine)
{
    struct machine_config config = machine_config_default();
    config.engine = engine;
    struct machine *m = program_machine(loop, &config);
    CU_ASSERT_EQUAL(machine_run(m, LOOP_STEPS), STOP_POWER);
    u64 hash = machine_hash(m);
    machine_free(m);
    return hash;
}

static void loops_are_translated_and_hardly_interpreted(void)
{
    struct machine *m = program_machine(loop, NULL);
    struct translator *t = translator_of(m);
    if (!t) { // another processor: the fast engine alone
        machine_free(m);
        return;
    }
    CU_ASSERT_EQUAL(t->used, t->first);
    machine_run(m, 8000);
    CU_ASSERT(t->used > t->first);
    u32 used = t->used;
    machine_run(m, LOOP_STEPS);
    CU_ASSERT(t->used - used < 4096); // once translated is enough
    machine_free(m);
}

// A block of more instructions than one block may have, and some short ones.
#define MIX " add a0, a0, a1\n xor a1, a1, a0\n slli a2, a0, 3\n sub a3, a2, a1\n"
#define LONGER MIX MIX MIX MIX MIX
static const char blocks[] =
    " li sp, 0x81000000\n li s0, 1000000\n 1: andi t0, a0, 1\n beqz t0, 2f\n" LONGER
    " 2: call work\n addi s0, s0, -1\n bnez s0, 1b\n" POWER_OFF_TEXT
    " work: addi a4, a4, 1\n sw a4, -4(sp)\n lw a5, -4(sp)\n" MIX " ret\n";

// Compares the harts of two machines that have run as far.
static bool are_alike(struct machine *a, struct machine *b)
{
    return memcmp(machine_hart(a, 0), machine_hart(b, 0), sizeof(struct hart_state)) == 0;
}

// Runs both machines in pieces of so many steps at most, and counts where they differ.
static u32 differences_in_pieces(struct machine *a, struct machine *b, u32 pieces, u32 most)
{
    u32 differences = 0;
    for (u32 i = 0; i < pieces; i++) {
        u32 steps = 1 + i * 7919 % most;
        machine_run(a, steps);
        machine_run(b, steps);
        differences += !are_alike(a, b);
    }
    return differences;
}

static void a_deadline_inside_a_block_is_met_and_makes_no_further_block(void)
{
    struct machine_config config = machine_config_default();
    struct machine *jit = program_machine(blocks, &config);
    config.engine = ENGINE_PLAIN;
    struct machine *plain = program_machine(blocks, &config);
    struct translator *t = translator_of(jit);
    machine_run(jit, 20000);
    machine_run(plain, 20000);
    u32 used = t ? t->used : 0;
    CU_ASSERT_EQUAL(differences_in_pieces(jit, plain, 5000, 50), 0);
    CU_ASSERT_EQUAL(differences_in_pieces(jit, plain, 1500, 3000), 0);
    CU_ASSERT_EQUAL(machine_compare(jit, plain, stderr, 8), 0);
    CU_ASSERT(!t || t->used == used);
    machine_free(jit);
    machine_free(plain);
}

// A reservation that holds, one that ended, and one of another word, with rd and without.
static const char reservations[] =
    " la s1, word\n li s0, 3000\n 1: lr.w a0, (s1)\n addi a0, a0, 5\n sc.w a1, a0, (s1)\n"
    " sc.w a2, s0, (s1)\n addi s2, s1, 4\n lr.w s3, (s2)\n sc.w a3, s0, (s1)\n lr.w zero, (s2)\n"
    " sc.w zero, s0, (s2)\n lr.w s4, (s1)\n andi t0, s0, 7\n beqz t0, 2f\n sc.w s5, s4, (s1)\n"
    " 2: add s6, s6, a1\n slli s6, s6, 1\n add s6, s6, a2\n xor s6, s6, a3\n add s6, s6, s5\n"
    " addi s0, s0, -1\n bnez s0, 1b\n" POWER_OFF_TEXT " .data\n .balign 4096\n word: .word 0, 0\n";

static void reservations_hold_and_end_alike(void)
{
    struct machine_config config = machine_config_default();
    struct machine *jit = program_machine(reservations, &config);
    config.engine = ENGINE_PLAIN;
    struct machine *plain = program_machine(reservations, &config);
    struct translator *t = translator_of(jit);
    CU_ASSERT_EQUAL(differences_in_pieces(jit, plain, 1000, 40), 0);
    CU_ASSERT(!t || t->used > t->first);
    CU_ASSERT_EQUAL(machine_run(jit, LOOP_STEPS), STOP_POWER);
    CU_ASSERT_EQUAL(machine_run(plain, LOOP_STEPS), STOP_POWER);
    CU_ASSERT_EQUAL(machine_compare(jit, plain, stderr, 8), 0);
    machine_free(jit);
    machine_free(plain);
}

// Three harts: each computes, keeps a reservation over many turns, is interrupted by its timer, and
// traps (which makes its turn longer than that of the others). Hart 2 sleeps for some rounds again
// and again, so the harts disagree on the time. Hart 1 stops in the end.
static const char turns[] =
    " li s7, 1\n 1: li a7, 0x48534d\n li a6, 0\n mv a0, s7\n la a1, start\n li a2, 0\n ecall\n"
    " addi s7, s7, 1\n li t0, 3\n bne s7, t0, 1b\n li a0, 0\n"
    " start: mv s11, a0\n slli s10, a0, 3\n la s9, words\n add s9, s9, s10\n"
    " la t0, handler\n csrw stvec, t0\n li t0, 0x20\n csrw sie, t0\n csrr t0, time\n"
    " addi t0, t0, 700\n csrw stimecmp, t0\n csrw stimecmph, zero\n csrsi sstatus, 2\n li s0, 0\n"
    " 2: lr.w t1, (s9)\n li t2, 90\n 3: mul a2, a2, t2\n xor a2, a2, s0\n addi a2, a2, 9\n"
    " addi t2, t2, -1\n bnez t2, 3b\n add t1, t1, a2\n sc.w t3, t1, (s9)\n add s1, s1, t3\n"
    " sw s1, 4(s9)\n addi s0, s0, 1\n andi t4, s0, 7\n bnez t4, 2b\n ebreak\n"
    " li t5, 2\n bne s11, t5, 4f\n wfi\n"
    " 4: li t5, 1\n bne s11, t5, 2b\n li t6, 160\n bne s0, t6, 2b\n"
    " li a7, 0x48534d\n li a6, 1\n ecall\n j .\n"
    " .balign 4\n handler: csrw sscratch, t0\n csrr t0, scause\n bltz t0, 5f\n csrr t0, sepc\n"
    " addi t0, t0, 4\n csrw sepc, t0\n csrr t0, sscratch\n sret\n"
    " 5: csrr t0, stimecmp\n addi t0, t0, 1700\n csrw stimecmp, t0\n csrr t0, sscratch\n sret\n"
    " .data\n .balign 4096\n words: .space 64\n";

// A run that is stopped after each step finds the hart of each step anew, and stays out of host
// code.
static void several_harts_do_the_same_in_whole_turns_as_step_by_step(void)
{
    struct machine_config config = machine_config_default();
    config.harts = 3;
    struct machine *whole = program_machine(turns, &config);
    config.engine = ENGINE_PLAIN;
    struct machine *single = program_machine(turns, &config);
    for (u32 i = 0; i < 60; i++) {
        u32 steps = 1 + i * 7919 % 9000;
        machine_run(whole, steps);
        for (u32 step = 0; step < steps; step++)
            machine_run(single, 1);
        CU_ASSERT_EQUAL_FATAL(machine_compare(whole, single, stderr, 4), 0);
    }
    CU_ASSERT_EQUAL(machine_hart(whole, 1)->run, HART_STOPPED);
    CU_ASSERT(machine_hart(whole, 2)->idle > 0);
    for (u32 i = 0; i < 3; i++) // some reservations held, and some were ended by a turn
        CU_ASSERT(machine_hart(whole, i)->x[9] > 0 &&
                  machine_hart(whole, i)->x[9] < machine_hart(whole, i)->x[8]);
    machine_free(whole);
    machine_free(single);
}

// Ticks of a timer, first in K with interrupts open, then in U. The loop itself moves the timer now
// and then while interrupts are open, or tries an sret in U, which is a trap. s3 adds up where.
static const char ticks[] =
    " la t0, handler\n csrw stvec, t0\n li t0, 0x20\n csrw sie, t0\n csrw stimecmp, t0\n"
    " csrw stimecmph, zero\n csrsi sstatus, 2\n li s0, 700\n"
    " 1: " LONGER " addi s0, s0, -1\n andi t0, s0, 7\n bnez t0, 1b\n csrr t0, time\n"
    " addi t0, t0, 3\n" MIX " csrw stimecmp, t0\n" MIX MIX " bnez s0, 1b\n"
    " csrci sstatus, 2\n la t0, user\n csrw sepc, t0\n li t0, 0x100\n csrc sstatus, t0\n sret\n"
    " user: " LONGER " addi s0, s0, 1\n andi t0, s0, 7\n bnez t0, user\n" MIX MIX " sret\n j user\n"
    " .balign 4\n handler: csrw sscratch, t0\n csrr t0, sepc\n add s3, s3, t0\n csrr t0, scause\n"
    " bltz t0, tick\n addi s2, s2, 1\n csrr t0, sepc\n addi t0, t0, 4\n csrw sepc, t0\n j end\n"
    " tick: csrr t0, stimecmp\n addi t0, t0, 113\n csrw stimecmp, t0\n"
    " end: csrr t0, sscratch\n sret\n";

static void ticks_of_a_timer_are_handled_in_host_code_and_alike(void)
{
    struct machine_config config = machine_config_default();
    struct machine *jit = program_machine(ticks, &config);
    config.engine = ENGINE_PLAIN;
    struct machine *plain = program_machine(ticks, &config);
    struct fast *fast = jit->engine_data;
    CU_ASSERT_EQUAL(differences_in_pieces(jit, plain, 100, 3000), 0);
    CU_ASSERT_EQUAL(machine_compare(jit, plain, stderr, 8), 0);
    u32 tick = program_label("tick");
    const struct code_page *page = code_page_find(fast, tick);
    for (u32 i = tick % PAGE_SIZE / 4; fast->jit && i < tick % PAGE_SIZE / 4 + 4; i++)
        CU_ASSERT_EQUAL(page->record[i].handler, fast->handlers[OP_native]);
    CU_ASSERT(machine_hart(jit, 0)->x[18] > 50); // traps by sret in U
    machine_free(jit);
    machine_free(plain);
}

// A loop under paging, in a superpage that the test then unmaps, or that is absent in another
// space.
static const char paged[] =
    " la t0, handler\n csrw stvec, t0\n la t0, root\n srli t4, t0, 12\n addi t3, t0, 1024\n"
    " addi t3, t3, 1028\n li t6, 0x201000cf\n sw t6, -4(t3)\n sw t6, (t3)\n li t6, 0x80000000\n"
    " or t4, t4, t6\n csrw satp, t4\n sfence.vma\n"
    " 1: add a0, a0, a1\n xor a1, a1, a0\n addi a2, a2, 1\n j 1b\n"
    " .balign 4\n handler: j handler\n .data\n .balign 4096\n root: .space 4096\n";

static void a_turn_begins_where_translation_leads_now(void)
{
    struct machine *m = program_machine(paged, NULL);
    struct hart *h = &m->hart[0];
    for (u32 turn = 0; turn < 5; turn++)
        machine_run(m, 1000);
    CU_ASSERT_EQUAL(h->state.scause, 0);
    CU_ASSERT(h->state.satp & SATP_MODE);
    memory_store(m, program_label("root") + 4 * (BOARD_KERNEL >> 22), 4, 0);
    h->state.x[31] = h->state.pc; // a fence of this page alone
    exec_fence_vma(h, 31, 0);
    machine_run(m, 100);
    CU_ASSERT_EQUAL(h->state.scause, CAUSE_FETCH_PAGE);
    machine_free(m);
}

// Only the first word of `work` is jumped to.
static void host_code_is_entered_in_the_middle_of_a_block(void)
{
    struct machine *m = program_machine(blocks, NULL);
    struct fast *fast = m->engine_data;
    machine_run(m, 20000);
    const struct code_page *page = code_page_find(fast, program_label("work"));
    CU_ASSERT_PTR_NOT_NULL_FATAL(page);
    u32 first = program_label("work") % PAGE_SIZE / 4;
    for (u32 i = 0; fast->jit && i < 7; i++) {
        CU_ASSERT_EQUAL(page->native->rest[first + i], 8 - i);
        CU_ASSERT_EQUAL(page->record[first + i].handler, fast->handlers[OP_native]);
    }
    machine_free(m);
}

static void where_host_code_has_no_more_room_all_is_forgotten_and_made_anew(void)
{
    struct machine_config config = machine_config_default();
    config.eager = true;
    struct machine *m = program_machine(loop, &config);
    struct translator *t = translator_of(m);
    enum stop stop = STOP_STEPS;
    u32 forgotten = 0;
    if (!t) {
        machine_free(m);
        return;
    }
    while (stop == STOP_STEPS) {
        stop = machine_run(m, 5000);
        u32 full = (u32)sizeof *t->jit - JIT_REGION_BYTES + 1;
        forgotten += t->used < full;
        t->used = full; // what lies there is kept: only its end is elsewhere
        machine_touch(m, BOARD_KERNEL, 64);
    }
    CU_ASSERT_EQUAL(stop, STOP_POWER);
    CU_ASSERT(forgotten > 10);
    CU_ASSERT_EQUAL(machine_hash(m), hash_with(ENGINE_PLAIN));
    machine_free(m);
}

// ---- code at several addresses, under page tables that change

// Two pages, each of which goes on in whatever is mapped behind it, at 0x40001000 once more, by a
// jump or over its end; results depend on where they are executed. What follows rdtime is host code
// that is entered in this very page.
#define ROAMING_PAGE(number, factor)                                                         \
    " .balign 4096\n auipc t0, 0\n add a0, a0, t0\n xor a3, a3, a0\n jalr t5, 16(t0)\n"      \
    " li t1, " factor                                                                        \
    "\n add a0, a0, t1\n srli t0, t0, 12\n andi t0, t0, 3\n addi t0, t0, -1\n bnez t0, 1f\n" \
    " auipc t0, 1\n jr -40(t0)\n1: rdtime t0\n auipc t0, 0\n xor a0, a0, t0\n jr ra\n"       \
    " .balign 1024\n rdtime t5\n li t3, 20\n1: li t0, " factor                               \
    "\n mul a2, a2, t0\n add a2, a2, a0\n"                                                   \
    "patch" number                                                                           \
    ": addi a0, a0, 1\n addi t3, t3, -1\n bnez t3, 1b\n jal t4, 2f\n2: add a0, a0, t4\n"     \
    " andi t6, s0, 2\n beqz t6, last" number                                                 \
    "\n auipc t6, 1\n srli t6, t6, 12\n slli t6, t6, 12\n jr t6\n"                           \
    " .balign 2048\n .zero 2032\n"                                                           \
    "last" number ": xor a0, a0, a2\n slli t0, a0, 3\n add a0, a0, t0\n addi a0, a0, " factor "\n"

// Called at 0x40000000 and 0x40001000, which are exchanged in the page table now and then, fenced
// or not, and changed through the superpage that all of it is in. A timer interrupts all the while;
// what it saw is in s6.
static const char roaming[] =
    " la t0, trap\n csrw stvec, t0\n li s1, 0x80500000\n li s2, 0x80501000\n la s3, pages\n"
    " srli t0, s2, 2\n addi t0, t0, 1\n sw t0, 1024(s1)\n li t0, 0x200000cf\n li t1, 2048\n add "
    "t1, t1, s1\n"
    " sw t0, 0(t1)\n li t0, 0x201000cf\n sw t0, 4(t1)\n srli t0, s3, 2\n addi t0, t0, 0xcf\n sw "
    "t0, 0(s2)\n"
    " sw t0, 8(s2)\n addi t0, t0, 1024\n sw t0, 4(s2)\n li t0, 0x80080500\n csrw satp, t0\n "
    "sfence.vma\n"
    " li t0, 32\n csrw sie, t0\n csrw stimecmp, x0\n csrw stimecmph, x0\n csrsi sstatus, 2\n li "
    "s0, 3000\n"
    "main: andi t0, s0, 1\n slli t0, t0, 12\n li t1, 0x40000000\n add t1, t1, t0\n"
    " jalr 0x400(t1)\n andi t0, s0, 63\n bnez t0, 3f\n"
    " lw t0, 0(s2)\n lw t1, 4(s2)\n sw t1, 0(s2)\n sw t0, 4(s2)\n andi t0, s0, 64\n bnez t0, 3f\n "
    "sfence.vma\n"
    "3: andi t0, s0, 255\n li t1, 100\n bne t0, t1, 5f\n la t1, patch1\n andi t0, s0, 256\n beqz "
    "t0, 4f\n"
    " la t1, patch2\n4: srli t0, s0, 8\n sb t0, 3(t1)\n5: addi s0, s0, -1\n bnez s0, "
    "main\n" POWER_OFF_TEXT " .balign 4\ntrap: csrw sscratch, t0\n csrr t0, sepc\n add s6, s6, "
    "t0\n slli s6, s6, 1\n rdinstret t0\n"
    " xor s6, s6, t0\n rdtime t0\n li s7, 6007\n add t0, t0, s7\n csrw stimecmp, t0\n csrr t0, "
    "sscratch\n sret\n"
    " .balign 4096\npages:" ROAMING_PAGE("1", "77") ROAMING_PAGE("2", "1234");

static void code_that_is_at_several_addresses_runs_alike(void)
{
    struct machine_config config = machine_config_default();
    struct machine *jit = program_machine(roaming, &config);
    config.engine = ENGINE_PLAIN;
    struct machine *plain = program_machine(roaming, &config);
    struct translator *t = translator_of(jit);
    enum stop stop = STOP_STEPS;
    while (stop == STOP_STEPS) {
        stop = machine_run(plain, 9973);
        CU_ASSERT_EQUAL_FATAL(machine_run(jit, 9973), stop);
        CU_ASSERT_EQUAL_FATAL(machine_compare(plain, jit, stderr, 8), 0);
    }
    CU_ASSERT_EQUAL(stop, STOP_POWER);
    CU_ASSERT(!t || t->used > t->first);
    machine_free(plain);
    machine_free(jit);
}

// ---- time

// Bytes of host code made by this program in so many steps.
static u64 bytes_made(const char *text, u64 steps)
{
    struct machine *m = program_machine(text, NULL);
    struct translator *t = translator_of(m);
    u64 bytes = 0;
    while (t && machine_steps(m) < steps) {
        u32 used = t->used;
        machine_run(m, 2000);
        bytes += t->used > used ? t->used - used : 0;
    }
    machine_free(m);
    return bytes;
}

// A page is written anew and then called at each of its words, just often enough for these to be
// translated.
#define ALL_WORDS_OF_A_PAGE(fill)                                                          \
    " la t0, trap\n csrw stvec, t0\n li s0, 0x80500000\n li s4, 0x3000\n li s5, 4096\n"    \
    "1: mv t1, s0\n add s6, s0, s5\n li t0, " fill "\n"                                    \
    "2: sw t0, 0(t1)\n addi t1, t1, 4\n bltu t1, s6, 2b\n li t0, 0x8067\n sw t0, -4(t1)\n" \
    " mv s1, s0\n3: li s3, 26\n4: jalr 0(s1)\n addi s3, s3, -1\n bnez s3, 4b\n"            \
    " addi s1, s1, 4\n bltu s1, s6, 3b\n j 1b\n"                                           \
    " .balign 4\ntrap: csrw sepc, ra\n sret\n"

static void no_guest_makes_translating_all_that_is_done(void)
{
    const u64 steps = 12000000;
    const char *short_regions = ALL_WORDS_OF_A_PAGE("0x8067"); // ret
    const char *long_ones = ALL_WORDS_OF_A_PAGE("0xa2503");    // lw a0, 0(s4): a fault
    CU_ASSERT(bytes_made(short_regions, steps) < (steps + JIT_CREDIT) / JIT_REGION_COST * 200);
    CU_ASSERT(bytes_made(long_ones, steps) < steps + JIT_CREDIT);
}

// After a step back there is as much time to earn as before.
static void a_machine_that_goes_back_in_time_still_translates(void)
{
    struct machine *m = program_machine(loop, NULL);
    struct translator *t = translator_of(m);
    if (t) {
        t->paid = 1ull << 40;
        machine_run(m, LOOP_STEPS);
        CU_ASSERT(t->used > t->first);
    }
    machine_free(m);
}

static void a_page_that_host_code_goes_through_counts_as_entered(void)
{
    struct machine *m = program_machine(
        " 1: call far1\n call far2\n j 1b\n .align 12\n far1: addi a0, a0, 1\n ret\n"
        " .align 12\n far2: addi a1, a1, 1\n ret\n",
        NULL);
    struct fast *fast = m->engine_data;
    machine_run(m, 100000);
    for (int i = 0; i < 5; i++) {
        code_age(fast, 0);
        CU_ASSERT_EQUAL(fast->kept, 3);
        machine_run(m, 100000);
    }
    machine_free(m);
}

// In a process of its own, where Linux is told to refuse memory that was writable and becomes
// executable.
static void where_the_host_refuses_code_made_at_run_time_the_interpreter_runs(void)
{
    enum { SET_MDWE = 65, REFUSE = 1 }; // prctl's numbers, since Linux 6.3
    u64 expected = hash_with(ENGINE_PLAIN);
    int status = 0;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        bool refused = prctl(SET_MDWE, REFUSE, 0, 0, 0) == 0;
        struct machine *m = program_machine(loop, NULL);
        bool right = machine_run(m, LOOP_STEPS) == STOP_POWER && machine_hash(m) == expected;
        _exit(!right || (refused && translator_of(m)));
    }
    CU_ASSERT_EQUAL_FATAL(waitpid(child, &status, 0), child);
    CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

const struct suite suite_engine_jit = {
    "engine_jit",
    (const struct test[]){
        {"loops are translated, and hardly interpreted",
         loops_are_translated_and_hardly_interpreted},
        {"a deadline inside a block is met, and makes no further block",
         a_deadline_inside_a_block_is_met_and_makes_no_further_block},
        {"reservations hold and end alike", reservations_hold_and_end_alike},
        {"several harts do the same in whole turns as step by step",
         several_harts_do_the_same_in_whole_turns_as_step_by_step},
        {"ticks of a timer are handled in host code, and alike",
         ticks_of_a_timer_are_handled_in_host_code_and_alike},
        {"a turn begins where translation leads now", a_turn_begins_where_translation_leads_now},
        {"host code is entered in the middle of a block",
         host_code_is_entered_in_the_middle_of_a_block},
        {"a page that host code goes through counts as entered",
         a_page_that_host_code_goes_through_counts_as_entered},
        {"where host code has no more room, all is forgotten and made anew",
         where_host_code_has_no_more_room_all_is_forgotten_and_made_anew},
        {"code that is at several addresses runs alike",
         code_that_is_at_several_addresses_runs_alike},
        {"no guest makes translating all that is done",
         no_guest_makes_translating_all_that_is_done},
        {"a machine that goes back in time still translates",
         a_machine_that_goes_back_in_time_still_translates},
        {"where the host refuses code made at run time, the interpreter runs",
         where_the_host_refuses_code_made_at_run_time_the_interpreter_runs},
        {0},
    },
};
