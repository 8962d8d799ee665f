// The machine seen by a resident monitor: guests run in U, traps are told and not entered, waiting
// and kicking, in pieces as in one run.
#include "tests/program.h"
#include "tests/suite.h"

#include <string.h>

// A monitor that skips every instruction that traps, and keeps what it was told.
struct skipper {
    struct machine *m;
    struct hart_exit trap; // the last
    u64 traps, hash;
    u64 idle_until[2]; // not 0: idle until then, once
    bool woken[2];
    bool kicks; // hart 0 kicks hart 1 on each trap
};

static void turn(void *context, u32 hart, u64 steps)
{
    struct skipper *s = context;
    u64 used = 0;
    if (s->idle_until[hart]) {
        machine_hart_idle(s->m, hart, s->idle_until[hart]);
        s->idle_until[hart] = 0;
        s->woken[hart] = true;
        return;
    }
    while (used < steps && !machine_leaving(s->m)) {
        struct hart_exit trap;
        used += machine_hart_run(s->m, hart, steps - used, &trap);
        if (!trap.taken)
            continue;
        used++;
        s->trap = trap;
        s->traps++;
        s->hash = s->hash * 31 + trap.cause + trap.pc + machine_steps(s->m) * 7 + hart;
        if (!(trap.cause & CAUSE_INTERRUPT))
            machine_hart(s->m, hart)->pc += 4;
        if (s->kicks && hart == 0)
            machine_hart_kick(s->m, 1);
    }
}

static struct machine *monitored(const char *text, struct skipper *s, u32 harts)
{
    struct machine_config config = machine_config_default();
    config.harts = harts;
    struct machine *m = program_machine(text, &config);
    *s = (struct skipper){.m = m};
    machine_monitor(m, &(struct monitor){s, turn});
    for (u32 i = 0; i < harts; i++)
        machine_hart(m, i)->pc = BOARD_KERNEL;
    return m;
}

static void a_trap_is_told_and_not_entered(void)
{
    struct skipper s;
    struct machine *m = monitored("addi t0, t0, 1\n csrr a0, sstatus\n j .\n", &s, 1);
    machine_run(m, 2);
    const struct hart_state *h = machine_hart(m, 0);
    CU_ASSERT_EQUAL(s.traps, 1);
    CU_ASSERT_EQUAL(s.trap.cause, CAUSE_ILLEGAL);
    CU_ASSERT_EQUAL(s.trap.pc, BOARD_KERNEL + 4);
    CU_ASSERT_EQUAL(s.trap.tval, 0x10002573);
    CU_ASSERT_EQUAL(s.trap.insn, 0x10002573);
    CU_ASSERT_EQUAL(h->mode, MODE_U);
    CU_ASSERT_EQUAL(h->scause, 0);
    CU_ASSERT_EQUAL(h->sepc, 0);
    CU_ASSERT_EQUAL(h->retired, 1);
    CU_ASSERT_EQUAL(machine_steps(m), 2);
    machine_free(m);
}

static void a_guest_runs_exactly_as_far_as_it_may(void)
{
    struct skipper s;
    struct machine *m = monitored("1: addi t0, t0, 1\n j 1b\n", &s, 1);
    struct hart_exit trap;
    CU_ASSERT_EQUAL(machine_hart_run(m, 0, 5, &trap), 5);
    CU_ASSERT_FALSE(trap.taken);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->x[5], 3);
    machine_free(m);
}

// A timer is for one run, whether it came in that run or not.
static void a_timer_ends_one_run_and_is_gone(void)
{
    struct skipper s;
    struct machine *m = monitored("1: addi t0, t0, 1\n j 1b\n", &s, 1);
    struct hart_exit trap;
    machine_hart_timer(m, 0, 7);
    CU_ASSERT_EQUAL(machine_hart_run(m, 0, 100, &trap), 7);
    CU_ASSERT_EQUAL(trap.cause, CAUSE_TIMER);
    CU_ASSERT_EQUAL(machine_hart_run(m, 0, 100, &trap), 100);
    machine_hart_timer(m, 0, machine_hart_now(m, 0) + 50);
    CU_ASSERT_EQUAL(machine_hart_run(m, 0, 20, &trap), 20);
    CU_ASSERT_EQUAL(machine_hart_run(m, 0, 100, &trap), 100);
    CU_ASSERT_FALSE(trap.taken);
    machine_free(m);
}

static void a_kick_ends_the_guests_run(void)
{
    struct skipper s;
    struct machine *m = monitored("1: j 1b\n", &s, 1);
    machine_hart_kick(m, 0);
    machine_run(m, 10);
    CU_ASSERT_EQUAL(s.traps, 1);
    CU_ASSERT_EQUAL(s.trap.cause, CAUSE_SOFTWARE);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->sip, 0);
    machine_free(m);
}

static void idle_time_passes_at_once_and_ends_at_its_time(void)
{
    struct skipper s;
    struct machine *m = monitored("1: j 1b\n", &s, 1);
    s.idle_until[0] = 5000;
    machine_run(m, 3);
    CU_ASSERT_EQUAL(machine_hart_now(m, 0), 5003);
    CU_ASSERT_EQUAL(s.traps, 0);
    CU_ASSERT_EQUAL(machine_steps(m), 3);
    machine_free(m);
}

static void idling_for_ever_is_being_stuck_unless_input_may_come(void)
{
    struct skipper s;
    struct machine *m = monitored("1: j 1b\n", &s, 1);
    s.idle_until[0] = UINT64_MAX;
    machine_input_interactive(m, true);
    CU_ASSERT_EQUAL(machine_run(m, 10), STOP_INPUT);
    machine_input(m, 1, "x", 1);
    CU_ASSERT_EQUAL(machine_run(m, 10), STOP_STEPS); // woken to look
    CU_ASSERT_EQUAL(s.traps, 0);
    s.idle_until[0] = UINT64_MAX;
    machine_input_interactive(m, false);
    CU_ASSERT_EQUAL(machine_run(m, 10), STOP_STUCK);
    machine_free(m);
}

static void a_kick_wakes_an_idle_hart(void)
{
    struct skipper s;
    struct machine *m = monitored("1: ebreak\n j 1b\n", &s, 2);
    s.kicks = true;
    s.idle_until[1] = UINT64_MAX;
    machine_run(m, 5000);
    CU_ASSERT(s.woken[1]);
    CU_ASSERT(machine_hart(m, 1)->retired > 100);
    machine_free(m);
}

static void a_monitored_run_in_pieces_is_the_same_run(void)
{
    static const char text[] = "1: addi t0, t0, 1\n ecall\n csrr a0, time\n lw a0, (x0)\n j 1b\n";
    static const u64 pieces[] = {10000, 1, 3, 1000, 777};
    u64 hash = 0, state = 0;
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        struct skipper s;
        struct machine *m = monitored(text, &s, 2);
        s.kicks = true;
        s.idle_until[1] = 700;
        for (u64 done = 0; done < 10000; done += pieces[i])
            machine_run(m, pieces[i] < 10000 - done ? pieces[i] : 10000 - done);
        if (i == 0) {
            hash = s.hash;
            state = machine_hash(m);
        }
        CU_ASSERT_EQUAL(s.hash, hash);
        CU_ASSERT_EQUAL(machine_hash(m), state);
        machine_free(m);
    }
}

static struct event last;

static void remember(void *context, const struct event *e)
{
    (void)context;
    last = *e;
}

static void an_exit_is_told_with_the_owner_of_the_hart(void)
{
    struct skipper s;
    struct machine *m = monitored("ecall\n", &s, 1);
    machine_listen(m, EVENT_BIT(EVENT_EXIT), remember, NULL);
    machine_hart_owner(m, 0, &(struct vm_path){{3}}, 2);
    machine_hart_owner_mode(m, 0, MODE_K, false);
    machine_run(m, 1);
    CU_ASSERT_EQUAL(last.note.kind, EVENT_EXIT);
    CU_ASSERT_EQUAL(last.note.cause, CAUSE_ECALL_U);
    CU_ASSERT_EQUAL(last.note.vm, 3);
    CU_ASSERT_EQUAL(last.note.vcpu, 2);
    CU_ASSERT_EQUAL(last.note.mode, MODE_K);
    CU_ASSERT_EQUAL(last.level, 1);
    CU_ASSERT_EQUAL(last.path.id[0], 3);
    machine_tell(m, 0, &(struct vm_path){{3}}, &(struct note){.kind = EVENT_EXIT}, 0);
    CU_ASSERT_EQUAL(last.level, 1);
    machine_free(m);
}

const struct suite suite_monitor = {
    "monitor",
    (const struct test[]){
        {"a trap is told and not entered", a_trap_is_told_and_not_entered},
        {"a guest runs exactly as far as it may", a_guest_runs_exactly_as_far_as_it_may},
        {"a timer ends one run and is gone", a_timer_ends_one_run_and_is_gone},
        {"a kick ends the guest's run", a_kick_ends_the_guests_run},
        {"idle time passes at once and ends at its time",
         idle_time_passes_at_once_and_ends_at_its_time},
        {"idling for ever is being stuck unless input may come",
         idling_for_ever_is_being_stuck_unless_input_may_come},
        {"a kick wakes an idle hart", a_kick_wakes_an_idle_hart},
        {"a monitored run in pieces is the same run", a_monitored_run_in_pieces_is_the_same_run},
        {"an exit is told with the owner of the hart", an_exit_is_told_with_the_owner_of_the_hart},
        {0},
    }};
