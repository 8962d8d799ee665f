// Timers that are due more often than a guest can bear (hypervisor/tick.h). The guest of these
// tests never sets its timer ahead, so the next tick is due as soon as its handler ends.
#include "tests/vmm/fake_hw.h"

#define HANDLER 40u // instructions before its sret

// What the guest did: instructions in U since the last tick, and the fewest that a tick found.
static u32 own, fewest, ticks;

static void live(struct fake *f, const struct fake_run *run, struct hw_exit *exit)
{
    (void)f;
    if (run->pc == FAKE_STVEC) {
        if (ticks++ && own < fewest)
            fewest = own;
        own = 0;
        *exit = fake_illegal_exit(fake_insn(INSN_sret, 0, 0, 0, 0), HANDLER);
        return;
    }
    *exit = (struct hw_exit){.ran = run->limit};
    own += run->limit;
}

static struct fake *with_a_timer_that_is_always_due(u8 clock)
{
    struct fake *f = fake_new(&(struct fake_plan){.clock = clock});
    struct hart_state *s = fake_hart(f);
    s->stimecmp = 0;
    s->sie = IP_STIP;
    s->mode = MODE_U;
    f->play = live;
    own = ticks = 0;
    fewest = ~0u;
    return f;
}

static void a_guest_gets_as_much_as_its_handler_took(void)
{
    struct fake *f = with_a_timer_that_is_always_due(VMM_CLOCK_WALL);
    for (u32 i = 0; i < 2000; i++)
        fake_turn(f);
    CU_ASSERT(ticks > 100); // the timer comes all the same
    CU_ASSERT(fewest >= HANDLER && fewest <= HANDLER + 2);
    fake_free(f);
}

// There the VMM's work takes no time, and the guest lives as bare: it only ticks.
static void by_the_virtual_clock_nothing_is_delayed(void)
{
    struct fake *f = with_a_timer_that_is_always_due(VMM_CLOCK_VIRTUAL);
    for (u32 i = 0; i < 2000; i++)
        fake_turn(f);
    CU_ASSERT(ticks > 100);
    CU_ASSERT_EQUAL(fewest, 0);
    fake_free(f);
}

// The rest is what the guest has left to do; in wfi it has nothing to do.
static void who_waits_is_woken_at_once(void)
{
    struct fake *f = with_a_timer_that_is_always_due(VMM_CLOCK_WALL);
    while (!ticks || !own)
        fake_turn(f);
    fake_vcpu(f, 1, 0)->tick_from = fake_hart(f)->retired + 1000;
    fake_hart(f)->mode = MODE_K;
    fake_hart(f)->sstatus = 0;
    f->play = NULL;
    fake_illegal(f, fake_insn(INSN_wfi, 0, 0, 0, 0));
    fake_hart(f)->sstatus = SSTATUS_SIE;
    u32 before = fake_notes(f, EVENT_INJECT);
    fake_turn(f);
    CU_ASSERT_EQUAL(fake_notes(f, EVENT_INJECT), before + 1);
    fake_free(f);
}

// Other interrupts are not the timer's, and wait for nothing.
static void other_interrupts_come_at_once(void)
{
    struct fake *f = with_a_timer_that_is_always_due(VMM_CLOCK_WALL);
    fake_vcpu(f, 1, 0)->tick_from = 1000000;
    fake_hart(f)->sie = IP_STIP | IP_SSIP;
    fake_hart(f)->sip = IP_SSIP;
    fake_turn(f);
    CU_ASSERT_EQUAL(fake_hart(f)->scause, CAUSE_SOFTWARE);
    fake_free(f);
}

// No tick of a VCPU with the hypervisor extension waits: a VCPU that runs a guest of its own must
// not stand still because its timer is due and may not interrupt it.
static void a_guest_that_runs_a_guest_goes_on_by(enum technique_kind technique)
{
    struct fake *f =
        fake_new(&(struct fake_plan){.clock = VMM_CLOCK_WALL, .technique = (u8)technique});
    struct hart_state *s = fake_hart(f);
    fake_vm(f, 1)->has_h = 1;
    s->stimecmp = 0;
    s->sie = IP_STIP;
    for (u32 i = 1; i < 10; i++) {
        s->virt = 1; // the handler has entered its guest again
        s->retired += 1000;
        fake_turn(f);
        CU_ASSERT_EQUAL(fake_notes(f, EVENT_INJECT), i);
        CU_ASSERT_EQUAL(s->virt, 0);
        CU_ASSERT_EQUAL(s->scause, CAUSE_TIMER);
    }
    fake_free(f);
}

static void a_guest_that_runs_a_guest_goes_on(void)
{
    a_guest_that_runs_a_guest_goes_on_by(TECHNIQUE_ASSIST);
    a_guest_that_runs_a_guest_goes_on_by(TECHNIQUE_TRAP);
}

const struct suite suite_tick = {
    "vmm tick",
    (const struct test[]){
        {"between two ticks a guest gets as many instructions as its handler took",
         a_guest_gets_as_much_as_its_handler_took},
        {"by the virtual clock nothing is delayed", by_the_virtual_clock_nothing_is_delayed},
        {"a guest that waits is woken at once", who_waits_is_woken_at_once},
        {"other interrupts come at once", other_interrupts_come_at_once},
        {"a guest that runs a guest goes on", a_guest_that_runs_a_guest_goes_on},
        {0}}};
