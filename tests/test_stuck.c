// When is a guest of several harts given up? Its hart 0 is caught: its trap handler faults on its
// own first word, for ever. Only another hart could mend that.
#include "scenarios/world/world.h"
#include "tests/program.h"
#include "tests/suite.h"

#define STEPS 50000000u

#define START_OTHER                                                                                \
    "_start: li a7, 0x48534d\n li a6, 0\n li a0, 1\n la a1, other\n li a2, 0\n ecall\n"            \
    " li t1, 3000\n 1: addi t1, t1, -1\n bnez t1, 1b\n la t0, handler\n csrw stvec, t0\n ebreak\n" \
    " .align 2\n handler: .word 0\n" POWER_OFF_TEXT

// Hart 1 waits for a key (UART, irq 10, context 3), then makes the first word of the handler a nop.
static const char mended_by_a_key[] =
    START_OTHER "other: li t0, 0x0c000028\n li t1, 1\n sw t1, (t0)\n li t0, 0x0c002180\n li t1, "
                "0x400\n sw t1, (t0)\n"
                " li t0, 0x10000000\n li t1, 1\n sb t1, 1(t0)\n li t1, 0x200\n csrw sie, t1\n wfi\n"
                " la t0, handler\n li t1, 0x13\n sw t1, (t0)\n 1: j 1b\n";

// Hart 1 is caught too, later.
static const char both_are_caught[] =
    START_OTHER "other: li t1, 9000\n 1: addi t1, t1, -1\n bnez t1, 1b\n la t0, handler\n csrw "
                "stvec, t0\n ebreak\n";

// Hart 1 takes its time, then mends the handler.
static const char mended_late[] =
    START_OTHER "other: li t1, 90000\n 1: addi t1, t1, -1\n bnez t1, 1b\n la t0, handler\n li t1, "
                "0x13\n sw t1, (t0)\n 1: j 1b\n";

// Hart 1 mends the handler while hart 0 is caught, and is caught itself before hart 0 gets its
// turn.
static const char mended_by_one_that_is_caught[] =
    START_OTHER "other: li t1, 9000\n 1: addi t1, t1, -1\n bnez t1, 1b\n la t0, handler\n li t1, "
                "0x13\n sw t1, (t0)\n la t0, bad\n csrw stvec, t0\n ebreak\n"
                " .align 2\n bad: .word 0\n";

// Hart 1 waits for its timer, then mends the handler. Until then nobody runs and nobody can type.
static const char mended_by_a_timer[] =
    START_OTHER "other: li t1, 0x20\n csrw sie, t1\n csrr t0, time\n li t1, 90000\n add t0, t0, "
                "t1\n csrw stimecmp, t0\n csrw stimecmph, zero\n wfi\n"
                " la t0, handler\n li t1, 0x13\n sw t1, (t0)\n 1: j 1b\n";

static struct world *build_plan(enum clock clock, const char *source, u32 depth, bool t32,
                                bool pinned)
{
    struct world_plan plan;
    enum status why;
    char error[WORLD_ERROR] = "";
    world_plan_default(&plan);
    plan.guests = 1;
    plan.guest[0].image = "source";
    plan.guest[0].source = source;
    plan.guest[0].ram = 8u << 20;
    plan.guest[0].vcpus = 2;
    plan.guest[0].pinned = pinned;
    plan.machine.harts = pinned ? 2 : 1;
    plan.machine.clock = clock;
    world_plan_chain(&plan, depth);
    plan.t32 = t32;
    struct world *w = world_new(&plan, &why, error, sizeof error);
    if (!w)
        fprintf(stderr, "# %s\n", error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(w);
    return w;
}

static struct world *build(const char *source, u32 depth, bool t32, bool pinned)
{
    return build_plan(CLOCK_VIRTUAL, source, depth, t32, pinned);
}

// Bare, under one VMM of either kind, and under two.
static const struct {
    u32 depth;
    bool t32;
} towers[] = {{0, false}, {1, false}, {1, true}, {2, false}};
#define TOWERS (sizeof towers / sizeof *towers)

static void while_a_key_could_mend_it_it_is_not_given_up(void)
{
    for (u32 i = 0; i < TOWERS; i++) {
        struct world *w = build(mended_by_a_key, towers[i].depth, towers[i].t32, false);
        machine_input_interactive(w->machine, true);
        enum stop stop = machine_run(w->machine, STEPS);
        CU_ASSERT(stop == STOP_INPUT || (!towers[i].depth && stop == STOP_STEPS));
        machine_input(w->machine, w->guest[w->guests - 1].unit, "x", 1);
        CU_ASSERT_EQUAL(machine_run(w->machine, STEPS), STOP_POWER);
        CU_ASSERT_EQUAL(world_guest_end(w, w->guests - 1).state, VM_OFF);
        world_free(w);
    }
}

// Under a VMM it waits for what will never come, and so does the machine.
static void when_no_key_can_come_it_is_given_up(void)
{
    for (u32 i = 0; i < TOWERS; i++) {
        struct world *w = build(mended_by_a_key, towers[i].depth, towers[i].t32, false);
        CU_ASSERT_EQUAL(machine_run(w->machine, STEPS), STOP_STUCK);
        CU_ASSERT_EQUAL(world_guest_end(w, w->guests - 1).state,
                        towers[i].depth ? VM_WAITING : VM_STUCK);
        world_free(w);
    }
}

// Hart 1 waits, and listens to nothing. A key would not wake it, so nobody waits for one.
static void a_parked_one_that_does_not_listen_is_no_hope(void)
{
    static const char source[] = START_OTHER "other: csrw sie, zero\n wfi\n 1: j 1b\n";
    for (u32 i = 0; i < TOWERS; i++) {
        struct world *w = build(source, towers[i].depth, towers[i].t32, false);
        machine_input_interactive(w->machine, true);
        CU_ASSERT_EQUAL(machine_run(w->machine, STEPS), towers[i].depth ? STOP_POWER : STOP_STUCK);
        CU_ASSERT_EQUAL(world_guest_end(w, w->guests - 1).state, VM_STUCK);
        world_free(w);
    }
}

// Hart 0 calls hart 1, and is caught before hart 1 has its turn. Hart 1 is parked then, but it will
// wake, and mend the handler.
static const char mended_by_one_that_is_called[] =
    "_start: li a7, 0x48534d\n li a6, 0\n li a0, 1\n la a1, other\n li a2, 0\n ecall\n"
    " li t1, 3000\n 1: addi t1, t1, -1\n bnez t1, 1b\n la t0, handler\n csrw stvec, t0\n"
    " li a7, 0x735049\n li a6, 0\n li a0, 2\n li a1, 0\n ecall\n ebreak\n"
    " .align 2\n handler: .word 0\n" POWER_OFF_TEXT "other: csrwi sie, 2\n wfi\n"
    " la t0, handler\n li t1, 0x13\n sw t1, (t0)\n 1: j 1b\n";

static void ends(const char *source, bool pinned, enum vm_state state)
{
    struct world *w = build(source, 1, false, pinned);
    machine_run(w->machine, STEPS);
    CU_ASSERT_EQUAL(world_guest_end(w, 0).state, state);
    world_free(w);
}

static void caught_on_harts_of_their_own_they_are_given_up(void)
{
    ends(both_are_caught, true, VM_STUCK);
    ends(both_are_caught, false, VM_STUCK);
}

static void one_that_runs_may_yet_mend_it(void)
{
    ends(mended_late, true, VM_OFF);
    ends(mended_late, false, VM_OFF);
}

static void one_that_mended_it_may_be_caught_itself(void)
{
    for (u32 i = 0; i < TOWERS; i++) {
        struct world *w =
            build(mended_by_one_that_is_caught, towers[i].depth, towers[i].t32, false);
        CU_ASSERT_EQUAL(machine_run(w->machine, STEPS), STOP_POWER);
        CU_ASSERT_EQUAL(world_guest_end(w, w->guests - 1).state, VM_OFF);
        world_free(w);
    }
    ends(mended_by_one_that_is_caught, true, VM_OFF);
}

static void one_that_was_called_may_yet_mend_it(void)
{
    for (u32 i = 0; i < TOWERS; i++) {
        struct world *w =
            build(mended_by_one_that_is_called, towers[i].depth, towers[i].t32, false);
        CU_ASSERT_EQUAL(machine_run(w->machine, STEPS), STOP_POWER);
        CU_ASSERT_EQUAL(world_guest_end(w, w->guests - 1).state, VM_OFF);
        world_free(w);
    }
    ends(mended_by_one_that_is_called, true, VM_OFF);
}

// By the virtual clock time stands still while a storm goes on. By the wall clock a storm costs
// time, so the timer comes.
static void one_that_waits_for_its_timer_may_yet_mend_it(void)
{
    for (u32 i = 0; i < TOWERS; i++)
        for (enum clock clock = CLOCK_VIRTUAL; clock <= CLOCK_WALL; clock++) {
            struct world *w =
                build_plan(clock, mended_by_a_timer, towers[i].depth, towers[i].t32, false);
            bool mended = clock == CLOCK_WALL;
            CU_ASSERT_EQUAL(machine_run(w->machine, STEPS / 10), mended ? STOP_POWER : STOP_STEPS);
            CU_ASSERT_EQUAL(world_guest_end(w, w->guests - 1).state, mended ? VM_OFF : VM_RUNNING);
            world_free(w);
        }
}

static void all_stopped_on_harts_of_their_own_is_the_end(void)
{
    static const char source[] = "_start: li a7, 0x48534d\n li a6, 1\n ecall\n";
    ends(source, true, VM_STUCK);
    ends(source, false, VM_STUCK);
}

const struct suite suite_stuck = {
    "stuck",
    (const struct test[]){
        {"while a key could mend it a caught guest is not given up",
         while_a_key_could_mend_it_it_is_not_given_up},
        {"when no key can come it is given up", when_no_key_can_come_it_is_given_up},
        {"a parked one that does not listen is no hope",
         a_parked_one_that_does_not_listen_is_no_hope},
        {"VCPUs caught on harts of their own are given up",
         caught_on_harts_of_their_own_they_are_given_up},
        {"while another runs a caught one is not given up", one_that_runs_may_yet_mend_it},
        {"one that mended it may be caught itself", one_that_mended_it_may_be_caught_itself},
        {"one that was called may yet mend it", one_that_was_called_may_yet_mend_it},
        {"while another waits for its timer a caught one is not given up",
         one_that_waits_for_its_timer_may_yet_mend_it},
        {"a guest that has stopped all its VCPUs has come to its end",
         all_stopped_on_harts_of_their_own_is_the_end},
        {0}}};
