// The inner loop. The VMM calls a guest as one calls a function, and handles the exit with which
// the guest returns:
//
//      limit -> technique: use -> hw_run -> trap_handle: a verdict -> act -+
//        ^                                                                 |
//        +---------------------------- RUN_ON -----------------------------+
//
// `limit` counts instructions of the guest. By the virtual clock a guest's time follows its own
// instructions, so the limit can be exact: a timer interrupt comes before the same instruction
// as it would on the bare machine.
//
// A handler decides what to do about an exit. Only this file does it: it moves pc, counts
// emulated instructions, and delivers traps.
// Read next: hypervisor/trap.c.
#include "hypervisor/vcpu.h"
#include "hypervisor/apart.h"
#include "hypervisor/clock.h"
#include "hypervisor/lend.h"
#include "hypervisor/stuck.h"
#include "hypervisor/technique.h"
#include "hypervisor/tick.h"
#include "hypervisor/virtual_h.h"
#include "isa/arch/trap.h"

// ---- acting on a verdict

// The instruction at pc is complete: the VMM did it in place of the hart.
static void advance(struct turn *t)
{
    t->v->state.pc += 4;
    t->v->state.retired++;
    t->v->emulated++;
}

// Delivers a trap, or an interrupt, to the VCPU's own trap handler.
static enum run_end deliver(struct turn *t, u32 cause, u32 tval)
{
    t->v->storm_at = 0;
    if (t->v->lent) { // the trap is one of the inner guest, so its VMM gets it from the call
        lend_end(t, cause, tval);
        return RUN_ON;
    }
    // The simulated harts take their traps by the same functions. So the guest sees what it
    // would see on the bare machine.
    bool changed =
        t->vm->has_h ? virtual_h_trap(t, cause, tval) : trap_enter(&t->v->state, cause, tval);
    if (!changed)
        return stuck_storm(t);
    // A guest of the guest can be caught in its own trap handler. Its hart then waits
    // (isa/arch/h_extension.h).
    return t->v->state.run == HART_RUNNING ? RUN_ON : RUN_USED;
}

// The VCPU executed `wfi`, or stopped itself through the firmware. If an interrupt is pending
// already, `wfi` does nothing.
static enum run_end block(struct turn *t)
{
    struct hart_state *s = &t->v->state;
    if (s->run == HART_STOPPED)
        return RUN_USED;
    tick_idle(t);
    advance(t);
    if (s->run == HART_RUNNING && !h_awake(s, vcpu_extension(t->vm, t->v), clock_now(t)))
        s->run = HART_PARKED;
    return s->run == HART_RUNNING ? RUN_ON : RUN_USED;
}

// Does what the verdict says. VCPUs that share a hart take turns, counted in retired
// instructions, as the harts of the machine do (isa/arch/round.h). An instruction that the VMM
// did in place of the hart counts, too.
static enum run_end act(struct turn *t, enum verdict verdict, const struct trap *trap)
{
    enum run_end end = RUN_ON;
    switch (verdict) {
    case RESUME:
        // A real interrupt came for the VMM. The VMM must look around before the guest goes on.
        return trap->cause & CAUSE_INTERRUPT ? RUN_USED : RUN_ON;
    case FILL:
        // pc stays: the guest tries the same instruction again.
        if (t->pace.grace)
            clock_filled(t);
        return RUN_ON;
    case ADVANCE:
        advance(t);
        break;
    case JUMP:
        t->v->state.retired++;
        t->v->emulated++;
        break;
    case REFLECT:
        end = deliver(t, trap->cause, trap->tval);
        break;
    case BLOCK:
        end = block(t);
        break;
    case HALT:
        return RUN_OFF;
    }
    // An emulated instruction has retired, so the round counts it. A trap is no instruction.
    if (!t->plain && t->gang->count > 1 && verdict != REFLECT)
        round_spend(&t->gang->round, 1);
    return end;
}

// ---- one exit

// The event that observers get for each verdict.
static const u8 event_of[] = {
    [RESUME] = EVENT_PREEMPT, [FILL] = EVENT_FILL,       [ADVANCE] = EVENT_EMULATE,
    [JUMP] = EVENT_EMULATE,   [REFLECT] = EVENT_REFLECT, [BLOCK] = EVENT_EMULATE,
    [HALT] = EVENT_EMULATE,
};

static enum run_end handle_exit(struct turn *t, const struct trap *trap)
{
    const struct hart_state *s = &t->v->state;
    struct outcome out = {
        .trap = *trap,
        .note = {.mode = s->mode, .vcpu = (u8)t->vcpu, .vm = t->vm->id, .pc = s->pc},
    };
    t->vm->exits++;
    enum verdict verdict = trap_handle(t, &out);
    // Observers are told before the verdict moves pc. They see the trap as the handler has
    // changed it: if the verdict is REFLECT, that is the trap that the guest will see.
    out.note.kind = event_of[verdict];
    out.note.cause = out.trap.cause;
    out.note.addr = out.trap.tval;
    out.note.insn = out.trap.insn;
    hw_note(t->hw, &out.note);
    enum run_end end = act(t, verdict, &out.trap);
    // The exit may have given VCPUs on other harts a reason to run, so the caller checks them.
    if (end == RUN_ON && !t->plain && t->vm->gang_count > 1)
        return RUN_USED;
    return end;
}

// To be called when hw_run returned without a trap: the limit was reached, or a guest in guest
// mode met a trap of its own that changed nothing.
static enum run_end not_trapped(struct turn *t, const struct hw_exit *exit)
{
    if (exit->caught && !t->v->state.virt)
        return stuck_storm(t);
    if (exit->caught)
        virtual_h_caught(t); // a guest of the guest, whose VMM can still be woken
    return RUN_USED;
}

// ---- the loop

// Accounts for a run of a VCPU that is not plain, except for the time that the run took.
APART static void note_run(struct turn *t, const struct hw_exit *exit)
{
    if (t->gang->count > 1)
        round_spend(&t->gang->round, exit->ran);
    if (exit->took)
        virtual_h_took_traps(t);
}

// The loop is a function of its own for speed alone. As a part of vcpu_run, it would save and
// load that function's registers at every exit.
APART static enum run_end run(struct turn *t)
{
    struct hw_exit exit;
    enum run_end end = RUN_ON;
    while (end == RUN_ON) {
        // The guest may retire this number of instructions before its timer is due or its time
        // is over.
        u32 limit = clock_limit(t);
        if (!limit)
            return RUN_USED;
        // The last exit may have changed satp or the mode, so the translation may have to
        // change, too. If there is no memory for what the technique needs, the VM cannot go on.
        if (!t->technique->use(t)) {
            t->vm->life = LIFE_LACK;
            return RUN_OFF;
        }
        hw_run(t->hw, &t->v->state, limit, &exit);
        clock_spend(t, &exit);
        if (!t->plain)
            note_run(t, &exit);
        if (exit.paused) {
            clock_pause(t, limit - exit.ran - exit.own);
            return RUN_PAUSED;
        }
        end = exit.trapped ? handle_exit(t, &exit.trap) : not_trapped(t, &exit);
    }
    return end;
}

enum run_end vcpu_go_on(struct turn *t)
{
    clock_go_on(t);
    return run(t);
}

static enum run_end inject(struct turn *t, u32 cause)
{
    if (cause == CAUSE_TIMER)
        tick_begin(t);
    turn_tell(t, EVENT_INJECT, cause, 0);
    return deliver(t, cause, 0);
}

enum run_end vcpu_run(struct turn *t, u32 ticks)
{
    clock_start(t, ticks);
    // A guest VMM asked for a run of its own guest (lend.h), and that run has used up its
    // instructions.
    if (t->v->lent && !lend_left(t->v))
        lend_end(t, CAUSE_TIMER, 0);
    u32 interrupt = 0;
    if (t->vm->has_h)
        interrupt = virtual_h_interrupt(t, clock_now(t));
    else if (!t->technique->guest_mode)
        interrupt = hart_interrupt(&t->v->state, clock_now(t));
    // The guest has had too little time for its own work since its last tick, so this tick must
    // wait.
    if (interrupt == CAUSE_TIMER && tick_rest(t))
        interrupt = 0;
    enum run_end end = interrupt ? inject(t, interrupt) : RUN_ON;
    return end == RUN_ON ? run(t) : end;
}
