// The inner loop. A guest is called, as one calls a function, and the VMM deals with what comes
// back:
//
//      limit -> shadow in force -> hw_run -> trap_handle -> verdict -> verdict_apply -+
//        ^                                                                            |
//        +------------------------------- RUN_ON -------------------------------------+
//
// `limit` counts instructions of the guest. By the virtual clock a guest's time follows its own
// instructions, so the limit is exact: a timer interrupt comes before the same instruction as it
// would on the bare machine.
// Read next: hypervisor/trap.c.
#include "hypervisor/vcpu.h"
#include "hypervisor/apart.h"
#include "hypervisor/clock.h"
#include "hypervisor/lend.h"
#include "hypervisor/shadow.h"

// What an observer calls each verdict.
static const u8 event_of[] = {
    [RESUME] = EVENT_PREEMPT, [FILL] = EVENT_FILL,       [ADVANCE] = EVENT_EMULATE,
    [JUMP] = EVENT_EMULATE,   [REFLECT] = EVENT_REFLECT, [BLOCK] = EVENT_EMULATE,
    [HALT] = EVENT_EMULATE,
};

static void tell(const struct turn *t, enum verdict verdict, const struct outcome *out)
{
    struct note note = {.kind = event_of[verdict],
                        .mode = out->mode,
                        .vcpu = (u8)t->vcpu,
                        .size = out->size,
                        .vm = t->vm->id,
                        .write = out->write,
                        .cause = out->trap.cause,
                        .pc = out->pc,
                        .addr = out->trap.tval,
                        .value = out->value,
                        .insn = out->trap.insn};
    hw_note(t->hw, &note);
}

static enum run_end handle_exit(struct turn *t, const struct trap *trap)
{
    const struct hart_state *s = &t->v->state;
    struct outcome out = {.trap = *trap, .pc = s->pc, .mode = s->mode};
    t->vm->exits++;
    enum verdict verdict = trap_handle(t, &out);
    tell(t, verdict, &out);
    enum run_end end = verdict_apply(t, verdict, &out.trap);
    // The exit may have given VCPUs on other harts a reason to run, so the caller looks at them.
    if (end == RUN_ON && t->vm->gang_count > 1)
        return RUN_USED;
    return end;
}

static void call_guest(struct turn *t, u32 limit, struct hw_exit *exit)
{
    hw_run(t->hw, &t->v->state, limit, exit);
    t->v->state.retired += exit->ran;
    if (t->gang->count > 1)
        round_spend(&t->gang->round, exit->ran);
    clock_spend(t, exit->ran + exit->trapped);
}

static enum run_end inject(struct turn *t, u32 cause)
{
    turn_tell(t, EVENT_INJECT, cause, 0);
    enum run_end end = verdict_deliver(t, cause, 0);
    round_spend(&t->gang->round, 1);
    return end;
}

// Somebody who watches the machine wants it to stand still here. What the turn was about to do is
// kept, and vcpu_go_on does it later, so to be watched changes nothing.
static enum run_end pause(struct turn *t, u32 limit)
{
    turn_slot(t)->paused = (struct paused_turn){.limit = limit,
                                                .ticks = t->ticks,
                                                .left = t->left,
                                                .grace = t->grace,
                                                .retired = t->retired};
    return RUN_PAUSED;
}

// The loop is apart from vcpu_run for speed alone: inside vcpu_run the compiler would save and load
// that function's registers at every exit.
APART static enum run_end run(struct turn *t)
{
    struct hw_exit exit;
    enum run_end end = RUN_ON;
    while (end == RUN_ON) {
        // How many instructions may the guest retire before its timer is due, or its time over?
        u32 limit = clock_limit(t);
        if (!limit)
            return RUN_USED;
        // The hart must translate by the shadow for this VCPU's satp and mode. The last exit may
        // have changed both. If there is no memory for a shadow, the VM cannot go on.
        if (!shadow_use(t)) {
            t->vm->life = LIFE_LACK;
            return RUN_OFF;
        }
        call_guest(t, limit, &exit);
        if (exit.paused)
            return pause(t, limit - exit.ran);
        end = exit.trapped ? handle_exit(t, &exit.trap) : RUN_USED;
    }
    return end;
}

enum run_end vcpu_go_on(struct turn *t)
{
    struct paused_turn *paused = &turn_slot(t)->paused;
    t->rest = paused->limit;
    t->ticks = paused->ticks;
    t->left = paused->left;
    t->grace = paused->grace;
    t->retired = paused->retired;
    *paused = (struct paused_turn){0};
    return run(t);
}

enum run_end vcpu_run(struct turn *t, u32 ticks)
{
    clock_start(t, ticks);
    // A guest VMM asked for a run of its own guest (lend.h), and that guest has used it up.
    if (t->v->lent && !lend_left(t->v))
        lend_end(t, CAUSE_TIMER, 0);
    u32 interrupt = hart_interrupt(&t->v->state, clock_now(t));
    enum run_end end = interrupt ? inject(t, interrupt) : RUN_ON;
    return end == RUN_ON ? run(t) : end;
}
