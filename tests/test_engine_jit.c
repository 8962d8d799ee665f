// The translator from outside the machine: that it translates, forgets, and can be done without. That it changes
// nothing is for tests/test_engine_fast.c and the fuzzer.
#include "tests/program.h"
#include "tests/suite.h"

#include "sim/core.h"
#include "sim/engine_jit.h"

#include <stdio.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

// A loop of calls, long enough to be worth it.
static const char loop[] = " li s0, 5000\n 1: call work\n addi s0, s0, -1\n bnez s0, 1b\n" POWER_OFF_TEXT
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

// A page is written anew and then called at each of its words, just often enough for these to be translated.
#define ALL_WORDS_OF_A_PAGE(fill)                                                                                      \
    " la t0, trap\n csrw stvec, t0\n li s0, 0x80500000\n li s4, 0x3000\n li s5, 4096\n"                                \
    "1: mv t1, s0\n add s6, s0, s5\n li t0, " fill "\n"                                                                \
    "2: sw t0, 0(t1)\n addi t1, t1, 4\n bltu t1, s6, 2b\n li t0, 0x8067\n sw t0, -4(t1)\n"                             \
    " mv s1, s0\n3: li s3, 26\n4: jalr 0(s1)\n addi s3, s3, -1\n bnez s3, 4b\n"                                        \
    " addi s1, s1, 4\n bltu s1, s6, 3b\n j 1b\n"                                                                       \
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

// In a process of its own, where Linux is told to refuse memory that was writable and becomes executable.
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
        {"loops are translated, and hardly interpreted", loops_are_translated_and_hardly_interpreted},
        {"where host code has no more room, all is forgotten and made anew",
         where_host_code_has_no_more_room_all_is_forgotten_and_made_anew},
        {"no guest makes translating all that is done", no_guest_makes_translating_all_that_is_done},
        {"a machine that goes back in time still translates", a_machine_that_goes_back_in_time_still_translates},
        {"where the host refuses code made at run time, the interpreter runs",
         where_the_host_refuses_code_made_at_run_time_the_interpreter_runs},
        {0},
    },
};
