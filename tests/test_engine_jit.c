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
        {"where the host refuses code made at run time, the interpreter runs",
         where_the_host_refuses_code_made_at_run_time_the_interpreter_runs},
        {0},
    },
};
