// What is done about an outcome. Handlers decide; this file alone moves pc and counts.
// Read next: hypervisor/gmem.c.
#include "hypervisor/verdict.h"
#include "hypervisor/clock.h"
#include "hypervisor/lend.h"
#include "hypervisor/stuck.h"
#include "isa/arch/trap.h"

static void count_emulated(struct turn *t)
{
    t->v->state.retired++;
    t->v->emulated++;
}

static void advance(struct turn *t)
{
    t->v->state.pc += 4;
    count_emulated(t);
}

enum run_end verdict_deliver(struct turn *t, u32 cause, u32 tval)
{
    t->v->storm_at = 0;
    if (t->v->lent) { // the trap is one of the inner guest, so its VMM gets it from the call
        lend_end(t, cause, tval);
        return RUN_ON;
    }
    // The same function takes the traps of real harts, so the guest sees just what it would see on
    // the bare machine.
    if (trap_enter(&t->v->state, cause, tval))
        return RUN_ON;
    return stuck_storm(t);
}

// `wfi` is done, or the VCPU stopped itself through the firmware. A `wfi` is a nop if something is
// pending already.
static enum run_end block(struct turn *t)
{
    struct hart_state *s = &t->v->state;
    if (s->run == HART_STOPPED)
        return RUN_USED;
    advance(t);
    if (s->run == HART_RUNNING && !hart_awake(s, clock_now(t)))
        s->run = HART_PARKED;
    return s->run == HART_RUNNING ? RUN_ON : RUN_USED;
}

// VCPUs that share a hart take turns by steps. A step is what the bare machine would count: an
// instruction that retires, or a trap that the guest takes. RESUME and FILL are no steps, since
// they do not happen on the bare machine.
enum run_end verdict_apply(struct turn *t, enum verdict verdict, const struct trap *trap)
{
    enum run_end end = RUN_ON;
    switch (verdict) {
    case RESUME:
        return trap->cause & CAUSE_INTERRUPT ? RUN_USED : RUN_ON;
    case FILL:
        if (t->grace)
            clock_filled(t);
        return RUN_ON;
    case ADVANCE:
        advance(t);
        break;
    case JUMP:
        count_emulated(t);
        break;
    case REFLECT:
        end = verdict_deliver(t, trap->cause, trap->tval);
        break;
    case BLOCK:
        end = block(t);
        break;
    case HALT:
        return RUN_OFF;
    }
    if (t->gang->count > 1)
        round_spend(&t->gang->round, 1);
    return end;
}
