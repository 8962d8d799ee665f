// The VMM's life is turn after turn. A turn calls a guest, as one calls a function, and deals with
// what comes back:
//
//      pick a gang -> pick its VCPU -> an interrupt to deliver? -> shadow in force -> hw_run -> trap_handle -> verdict
//                                            inject                                              |
//                        RESUME FILL ADVANCE JUMP REFLECT BLOCK HALT: only `act` moves pc <------+
//
// Time is the guest's own: its `time` follows its own retired instructions (isa/arch/hart.h), so
// the limit given to hw_run is exact, and a timer interrupt comes before the same instruction as it
// would on the bare machine. Read next: hypervisor/trap.c.
#include "hypervisor/vmm.h"
#include "hypervisor/device.h"
#include "hypervisor/lend.h"
#include "hypervisor/schedule.h"
#include "hypervisor/shadow.h"
#include "hypervisor/trap.h"
#include "hypervisor/turn.h"
#include "isa/arch/trap.h"

// ---- the end of a VM

static void end_vm(const struct turn *t)
{
    struct vmm *vmm = t->vmm;
    struct vm *vm = t->vm;
    turn_tell(t, EVENT_KILL, 0, vm->life);
    schedule_remove(t->hw, vmm, t->vm_at);
    shadow_free(t->hw, vmm, vm);
    vmm->failures += vm->life != LIFE_OFF;
    if (--vmm->alive || !vmm->off_when_idle)
        return;
    u32 why = vmm->vms == 1 && vm->life <= LIFE_FAILED ? vm->power
              : vmm->failures                          ? POWER_FAILED
                                                       : POWER_OFF;
    hw_off(t->hw, why, vmm->vms == 1 ? vm->power_code : 0);
}

static void end_stuck(const struct turn *t)
{
    t->vm->life = LIFE_STUCK;
    end_vm(t);
}

// ---- verdicts

static void count_emulated(const struct turn *t)
{
    t->v->state.retired++;
    t->v->emulated++;
}

static void advance(const struct turn *t)
{
    t->v->state.pc += 4;
    count_emulated(t);
}

// Can nobody in the VM ever run again, but for what comes from outside? Its VCPUs are stopped,
// parked with no deadline, or caught: the trap handler faults on its own first fetch with nothing
// changing, and nobody has run since who might have mended it.
static bool is_hopeless(const struct turn *t, u32 caught)
{
    for (u32 i = 0; i < t->vm->vcpu_count; i++) {
        const struct vcpu *v = &t->vm->vcpus[i];
        const struct hart_state *s = &v->state;
        bool parked =
            s->run == HART_PARKED && hart_deadline(s) == FOREVER && !hart_awake(s, turn_now(t));
        if (s->run != HART_STOPPED && v->caught != caught && !parked)
            return false;
    }
    return true;
}

static bool all_are_stopped(const struct vm *vm)
{
    for (u32 i = 0; i < vm->vcpu_count; i++)
        if (vm->vcpus[i].state.run != HART_STOPPED)
            return false;
    return true;
}

// Does a VCPU wait for an external interrupt? Then input may come, and mend what nobody inside can.
static bool is_listening(const struct vm *vm)
{
    for (u32 i = 0; i < vm->vcpu_count; i++)
        if (vm->vcpus[i].state.run == HART_PARKED && (vm->vcpus[i].state.sie & IP_SEIP))
            return true;
    return false;
}

// The VCPU was caught, and nobody else can run: the VM has come to its end, or waits for input with
// the rest. (Of several gangs each would wake the others from that; they go on being caught until
// it comes.)
static void give_up(const struct turn *t)
{
    if (!is_listening(t->vm)) {
        end_stuck(t);
    } else if (t->vm->gang_count == 1) {
        turn_tell(t, EVENT_BLOCK, 0, 0);
        schedule_wait(t->hw, t->vmm, FOREVER);
    }
}

// Delivers a trap to the guest. False: that changed nothing at all, and nothing ever will.
static bool deliver(const struct turn *t, u32 cause, u32 tval)
{
    t->v->caught = 0;
    if (t->v->lent) {
        lend_end(t, cause, tval);
        return true;
    }
    if (trap_enter(&t->v->state, cause, tval))
        return true;
    u32 caught = 1;
    for (u32 i = 0; i < t->vm->vcpu_count; i++)
        caught += (u32)t->vm->vcpus[i].state.retired;
    caught += !caught;
    t->v->caught = caught;
    return !is_hopeless(t, caught);
}

static const u8 kind_of[] = {
    [RESUME] = EVENT_PREEMPT, [FILL] = EVENT_FILL,       [ADVANCE] = EVENT_EMULATE,
    [JUMP] = EVENT_EMULATE,   [REFLECT] = EVENT_REFLECT, [BLOCK] = EVENT_EMULATE,
    [HALT] = EVENT_EMULATE,
};

// `wfi` is done, or the VCPU stopped itself (hart state management). True: it may go on, something
// is pending already.
static bool block(const struct turn *t)
{
    struct hart_state *s = &t->v->state;
    if (s->run == HART_STOPPED)
        return false;
    advance(t);
    if (s->run == HART_RUNNING && !hart_awake(s, turn_now(t)))
        s->run = HART_PARKED;
    return s->run == HART_RUNNING;
}

// Does what a handler decided. Every step of the guest's own (an instruction retired, a trap taken)
// counts in its round. False: it is not a matter of course that the same VCPU goes on.
static bool act(const struct turn *t, enum verdict verdict, const struct note *trap)
{
    bool goes_on = true;
    switch (verdict) {
    case RESUME:
        return !(trap->cause & CAUSE_INTERRUPT);
    case FILL:
        return true;
    case ADVANCE:
        advance(t);
        break;
    case JUMP:
        count_emulated(t);
        break;
    case REFLECT:
        goes_on = deliver(t, trap->cause, trap->addr);
        break;
    case BLOCK:
        goes_on = block(t);
        break;
    case HALT:
        end_vm(t);
        return false;
    }
    if (t->gang->count > 1)
        round_spend(&t->gang->round, 1);
    if (!goes_on && verdict == REFLECT)
        give_up(t);
    return goes_on;
}

static bool can_run(const struct turn *t, const struct gang *g)
{
    for (u32 i = 0; i < g->count; i++) {
        const struct hart_state *s = &t->vm->vcpus[g->first + i].state;
        if (s->run == HART_RUNNING || (s->run == HART_PARKED && hart_awake(s, turn_now(t))))
            return true;
    }
    return false;
}

// Something in the VM changed: gangs of it that wait may have reason to run now.
static void wake_gangs(const struct turn *t)
{
    for (u32 i = 0; i < t->vm->gang_count; i++)
        if (t->vm->gangs[i].state == GANG_WAITING && can_run(t, &t->vm->gangs[i]))
            schedule_ready(t->hw, t->vmm, gang_address(t->vm_at, i));
}

// False as for act.
static bool handle(const struct turn *t, const struct hw_exit *exit)
{
    struct note trap = turn_note(t, EVENT_EXIT);
    trap.cause = exit->cause;
    trap.addr = exit->tval;
    trap.insn = exit->insn;
    t->vm->exits++;
    enum verdict verdict = trap_handle(t, &trap);
    trap.kind = kind_of[verdict];
    hw_note(t->hw, &trap);
    bool goes_on = act(t, verdict, &trap);
    if (t->vm->gang_count > 1 && t->vm->life == LIFE_ON)
        wake_gangs(t);
    return goes_on;
}

// Finds the VCPU to run. False: the gang waits, or its VM has come to its end.
static bool choose_vcpu(struct turn *t)
{
    u64 until;
    enum round_state state = turn_next(t, &until);
    if (state == ROUND_RUN)
        return true;
    if (state == ROUND_EMPTY && all_are_stopped(t->vm)) {
        end_stuck(t);
        return false;
    }
    turn_tell(t, EVENT_BLOCK, 0, 0);
    schedule_wait(t->hw, t->vmm, until);
    // It sleeps until somebody types: others have more use for the memory.
    if (until == FOREVER && t->vm->gang_count == 1)
        shadow_free(t->hw, t->vmm, t->vm);
    return false;
}

// ---- a turn

// An observer finds the VCPU's present mode by the address of its record.
static void tell_schedule(const struct turn *t, mpa vcpu)
{
    struct note note = turn_note(t, EVENT_SCHEDULE);
    note.addr = vcpu;
    hw_note(t->hw, &note);
}

static void inject(const struct turn *t, u32 cause)
{
    turn_tell(t, EVENT_INJECT, cause, 0);
    bool alive = deliver(t, cause, 0);
    round_spend(&t->gang->round, 1);
    if (!alive)
        give_up(t);
}

// How many instructions may run before we must look again: the slice, the VCPU's turn, the first
// moment its timer could interrupt it. 0: at once, for one of these is over or there is an
// interrupt to take.
static u32 run_limit(const struct turn *t)
{
    const struct hart_state *s = &t->v->state;
    u32 limit = t->vmm->slots[hw_hart(t->hw)].slice;
    if (t->gang->count > 1 && t->gang->round.left < limit)
        limit = t->gang->round.left;
    if (lend_left(t->v) < limit)
        limit = lend_left(t->v);
    if (!s->sie || (s->mode == MODE_K && !(s->sstatus & SSTATUS_SIE)))
        return limit;
    u64 now = turn_now(t);
    if (hart_interrupt(s, now))
        return 0;
    return hart_deadline(s) - now < limit ? (u32)(hart_deadline(s) - now) : limit;
}

#define CHARGE_MOST 0x10000000u // no slice is that long

// By the wall clock a gang has used all the time since it was charged last, what the VMM did for it
// included.
__attribute__((noinline)) static void charge_time(const struct turn *t)
{
    struct hart_slot *slot = &t->vmm->slots[hw_hart(t->hw)];
    u64 now = hw_now(t->hw);
    schedule_charge(t->hw, t->vmm,
                    now - slot->since < CHARGE_MOST ? (u32)(now - slot->since) : CHARGE_MOST);
    slot->since = now;
}

// Before it runs it pays for having been scheduled, but comes forward if that was all of its slice.
static void charge_start(const struct turn *t)
{
    struct hart_slot *slot = &t->vmm->slots[hw_hart(t->hw)];
    charge_time(t);
    slot->slice += !slot->slice;
}

// Console input has come: whose it is finds it, and wakes if it waits for that.
static void take_input(struct hw *hw, struct vmm *vmm)
{
    for (mpa at = vmm->first_vm; at;) {
        struct turn t = turn_of(hw, vmm, gang_address(at, 0));
        turn_choose(&t, 0);
        if (t.vm->life == LIFE_ON) {
            device_input(&t);
            wake_gangs(&t);
        }
        at = t.vm->next;
    }
}

static void end_lacking(const struct turn *t)
{
    t->vm->life = LIFE_LACK;
    end_vm(t);
}

static void call_guest(const struct turn *t, u32 limit, struct hw_exit *exit)
{
    hw_run(t->hw, &t->v->state, limit, exit);
    t->v->state.retired += exit->ran;
    if (t->gang->count > 1)
        round_spend(&t->gang->round, exit->ran);
    if (t->vmm->clock == VMM_CLOCK_WALL)
        charge_time(t);
    else
        schedule_charge(t->hw, t->vmm, exit->ran + exit->trapped);
}

// Runs the VCPU, exit after exit, as long as no other choice than to run it again is to be made. A
// function of its own: what its caller holds in registers would have to be brought back after each
// exit.
__attribute__((noinline)) static void run(const struct turn *t)
{
    struct hw_exit exit;
    if (t->vmm->clock == VMM_CLOCK_WALL)
        charge_start(t);
    for (u32 limit; (limit = run_limit(t));) {
        if (!shadow_use(t)) {
            end_lacking(t);
            return;
        }
        call_guest(t, limit, &exit);
        if (!exit.trapped || !handle(t, &exit))
            return;
        if (t->vmm->clock == VMM_CLOCK_WALL)
            charge_time(t);
    }
}

void vmm_turn(struct hw *hw, mpa vmm_at)
{
    struct vmm *vmm = hw_page(hw, vmm_at);
    if (hw_called(hw))
        take_input(hw, vmm);
    mpa gang = schedule_pick(hw, vmm);
    if (!gang) {
        hw_idle(hw, schedule_due(hw, vmm));
        return;
    }
    struct turn t = turn_of(hw, vmm, gang);
    if (!choose_vcpu(&t))
        return;
    struct hart_slot *slot = &vmm->slots[hw_hart(hw)];
    mpa vcpu = t.vm_at + (u32)((const u8 *)t.v - (const u8 *)t.vm);
    if (slot->vcpu != vcpu) {
        slot->vcpu = vcpu;
        tell_schedule(&t, vcpu);
    }
    if (!lend_left(t.v))
        lend_end(&t, CAUSE_TIMER, 0);
    u32 interrupt = hart_interrupt(&t.v->state, turn_now(&t));
    if (interrupt)
        inject(&t, interrupt);
    else
        run(&t);
}
