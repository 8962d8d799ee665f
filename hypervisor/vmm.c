// The VMM's life: start, then turn after turn. A turn calls a guest, as one calls a function, and deals with what comes back:
//
//      pick a gang -> pick its VCPU -> an interrupt to deliver? -> shadow in force -> hw_run -> trap_handle -> verdict
//                                            inject                                              |
//                        RESUME FILL ADVANCE JUMP REFLECT BLOCK HALT: only `act` moves pc <------+
//
// Time is the guest's own: its `time` follows its own retired instructions (isa/arch/hart.h), so the limit given to hw_run is exact, and a
// timer interrupt comes before the same instruction as it would on the bare machine.
#include "hypervisor/vmm.h"
#include "hypervisor/device.h"
#include "hypervisor/page.h"
#include "hypervisor/schedule.h"
#include "hypervisor/shadow.h"
#include "hypervisor/trap.h"

// ---- telling observers

static struct note note_of(const struct turn *t, enum event_kind kind)
{
    return (struct note){
        .kind = kind, .mode = t->v->state.mode, .vcpu = t->vcpu, .vm = t->vm->id, .pc = t->v->state.pc};
}

static void tell(const struct turn *t, enum event_kind kind, u32 cause, u32 value)
{
    struct note note = note_of(t, kind);
    note.cause = cause;
    note.value = value;
    hw_note(t->hw, &note);
}

// An observer finds the VCPU's present mode by the address of its record.
static void tell_schedule(const struct turn *t, mpa vcpu)
{
    struct note note = note_of(t, EVENT_SCHEDULE);
    note.addr = vcpu;
    hw_note(t->hw, &note);
}

// ---- a turn's record

static struct turn turn_of(struct hw *hw, struct vmm *vmm, mpa gang)
{
    mpa vm_at = gang & ~(PAGE_SIZE - 1); // gangs lie inside their VM's page
    return (struct turn){.hw = hw, .vmm = vmm, .vm = page_at(hw, vm_at), .vm_at = vm_at, .gang = page_at(hw, gang)};
}

static void choose(struct turn *t, u32 vcpu)
{
    t->vcpu = vcpu;
    t->v = &t->vm->vcpus[vcpu];
}

static u64 now_of(const struct turn *t)
{
    return t->vmm->clock == VMM_CLOCK_VIRTUAL ? hart_time(&t->v->state) : hw_now(t->hw);
}

// ---- the end of a VM

static void end_vm(const struct turn *t)
{
    struct vmm *vmm = t->vmm;
    struct vm *vm = t->vm;
    tell(t, EVENT_KILL, 0, vm->life);
    schedule_remove(t->hw, vmm, t->vm_at);
    shadow_free(t->hw, vmm, vm);
    vmm->failures += vm->life != LIFE_OFF;
    if (--vmm->alive || !vmm->off_when_idle)
        return;
    u32 why = vmm->vms == 1 && vm->life <= LIFE_FAILED ? vm->power : vmm->failures ? POWER_FAILED : POWER_OFF;
    hw_off(t->hw, why, vmm->vms == 1 ? vm->power_code : 0);
}

static void end_stuck(const struct turn *t)
{
    t->vm->life = LIFE_STUCK;
    end_vm(t);
}

// ---- verdicts

static void advance(const struct turn *t)
{
    t->v->state.pc += 4;
    t->v->state.retired++;
}

// Delivers a trap to the guest. If that changes nothing at all, nothing ever will: its handler cannot even be fetched.
static bool deliver(const struct turn *t, u32 cause, u32 tval)
{
    return trap_enter(&t->v->state, cause, tval) || t->vm->vcpu_count > 1;
}

static enum event_kind kind_of(enum verdict verdict)
{
    switch (verdict) {
    case RESUME:
        return EVENT_PREEMPT;
    case FILL:
        return EVENT_FILL;
    case REFLECT:
        return EVENT_REFLECT;
    case ADVANCE:
    case JUMP:
    case BLOCK:
    case HALT:
        return EVENT_EMULATE;
    }
    return EVENT_EMULATE;
}

// Does what a handler decided. Every step of the guest's own (an instruction retired, a trap taken) counts in its round.
static void act(const struct turn *t, enum verdict verdict, const struct trapped *trap)
{
    struct hart_state *s = &t->v->state;
    bool alive = true;
    switch (verdict) {
    case RESUME:
    case FILL:
        return;
    case ADVANCE:
        advance(t);
        break;
    case JUMP:
        s->retired++;
        break;
    case REFLECT:
        alive = deliver(t, trap->cause, trap->tval);
        break;
    case BLOCK:
        if (s->run == HART_STOPPED) // it stopped itself: hart state management, not `wfi`
            break;
        advance(t);
        if (s->run == HART_RUNNING && !hart_awake(s, now_of(t)))
            s->run = HART_PARKED;
        break;
    case HALT:
        end_vm(t);
        return;
    }
    if (t->gang->count > 1)
        round_spend(&t->gang->round, 1);
    if (!alive)
        end_stuck(t);
}

// Something in the VM changed: its other gangs may have reason to run now.
static void wake_siblings(const struct turn *t)
{
    for (u32 i = 0; i < t->vm->gang_count; i++) {
        struct gang *g = &t->vm->gangs[i];
        const struct hart_state *s = &t->vm->vcpus[g->first].state;
        if (g->state == GANG_WAITING && (s->run == HART_RUNNING || (s->run == HART_PARKED && hart_awake(s, now_of(t)))))
            schedule_ready(t->hw, t->vmm, gang_address(t->vm_at, i));
    }
}

static void handle(const struct turn *t, const struct hw_exit *exit)
{
    struct trapped trap = {exit->cause, exit->tval, exit->insn, note_of(t, EVENT_EXIT)};
    t->vm->exits++;
    trap.tell.addr = exit->tval;
    enum verdict verdict = trap_handle(t, &trap);
    trap.tell.kind = kind_of(verdict);
    trap.tell.cause = trap.cause;
    trap.tell.insn = trap.insn;
    hw_note(t->hw, &trap.tell);
    act(t, verdict, &trap);
    if (t->vm->gang_count > 1 && t->vm->life == LIFE_ON)
        wake_siblings(t);
}

// ---- choosing a VCPU

// The round rule when time is the machine's, not the guest's: a VCPU in `wfi` really waits.
static enum round_state round_by_wall(const struct turn *t, struct hart_state *const harts[])
{
    struct gang *g = t->gang;
    u64 now = hw_now(t->hw);
    enum round_state state = ROUND_EMPTY;
    for (u32 i = 0; i < g->count; i++) {
        u32 turn = (g->round.turn + i + !g->round.left) % g->count;
        struct hart_state *s = harts[turn];
        if (s->run == HART_PARKED && hart_awake(s, now))
            s->run = HART_RUNNING;
        if (s->run == HART_RUNNING) {
            if (turn != g->round.turn || !g->round.left)
                g->round = (struct round){turn, ROUND_STEPS};
            return ROUND_RUN;
        }
        state = s->run == HART_PARKED ? ROUND_WAIT : state;
    }
    return state;
}

static u64 first_deadline(const struct turn *t, struct hart_state *const harts[])
{
    u64 first = FOREVER;
    if (t->vmm->clock == VMM_CLOCK_WALL)
        for (u32 i = 0; i < t->gang->count; i++)
            if (harts[i]->run == HART_PARKED && hart_deadline(harts[i]) < first)
                first = hart_deadline(harts[i]);
    return first;
}

// Picks the gang's VCPU whose turn it is. False: none can run now, the gang waits (or its VM has ended).
static bool choose_vcpu(struct turn *t)
{
    struct hart_state *harts[HARTS_MAX];
    choose(t, t->gang->first);
    for (u32 i = 0; i < t->gang->count; i++)
        harts[i] = &t->v[i].state;
    enum round_state state = t->vmm->clock == VMM_CLOCK_VIRTUAL
                                 ? round_next(&t->gang->round, harts, t->gang->count)
                                 : round_by_wall(t, harts);
    if (state == ROUND_RUN) {
        choose(t, t->gang->first + t->gang->round.turn);
        return true;
    }
    if (state == ROUND_EMPTY && t->vm->gang_count == 1) {
        end_stuck(t);
    } else {
        tell(t, EVENT_BLOCK, 0, 0);
        schedule_wait(t->hw, t->vmm, first_deadline(t, harts));
    }
    return false;
}

// ---- a turn

static void inject(const struct turn *t, u32 cause)
{
    tell(t, EVENT_INJECT, cause, 0);
    bool alive = deliver(t, cause, 0);
    round_spend(&t->gang->round, 1);
    if (!alive)
        end_stuck(t);
}

// How many instructions may run before we must look again: the slice, the VCPU's turn, the first moment its timer could interrupt it.
static u32 run_limit(const struct turn *t)
{
    const struct hart_state *s = &t->v->state;
    u32 limit = t->vmm->slots[hw_hart(t->hw)].slice;
    if (t->gang->count > 1 && t->gang->round.left < limit)
        limit = t->gang->round.left;
    if (!(s->sie & IP_STIP) || (s->mode == MODE_K && !(s->sstatus & SSTATUS_SIE)))
        return limit;
    u64 now = now_of(t);
    if (s->stimecmp > now && s->stimecmp - now < limit)
        limit = (u32)(s->stimecmp - now);
    return limit;
}

#define CHARGE_MOST 0x10000000u // no slice is that long

static void charge(const struct turn *t, const struct hw_exit *exit)
{
    struct hart_slot *slot = &t->vmm->slots[hw_hart(t->hw)];
    u32 ticks = exit->ran + exit->trapped;
    if (t->vmm->clock == VMM_CLOCK_WALL) {
        u64 now = hw_now(t->hw);
        ticks = now - slot->since < CHARGE_MOST ? (u32)(now - slot->since) : CHARGE_MOST;
        slot->since = now;
    }
    schedule_charge(t->hw, t->vmm, ticks);
}

// Waiting VMs look for console input; those that find some become ready.
static void poll_waiting(struct hw *hw, struct vmm *vmm)
{
    for (mpa at = vmm->waiting_first, next; at; at = next) {
        struct turn t = turn_of(hw, vmm, at);
        next = t.gang->next;
        choose(&t, t.gang->first);
        device_input(&t);
        for (u32 i = 0; i < t.gang->count; i++)
            if (t.v[i].state.run == HART_PARKED && hart_awake(&t.v[i].state, now_of(&t))) {
                schedule_ready(hw, vmm, at);
                break;
            }
    }
}

static void end_lacking(const struct turn *t)
{
    t->vm->life = LIFE_LACK;
    end_vm(t);
}

static void call_guest(const struct turn *t, struct hw_exit *exit)
{
    hw_run(t->hw, &t->v->state, run_limit(t), exit);
    t->v->state.retired += exit->ran;
    t->v->direct += exit->ran;
    if (t->gang->count > 1)
        round_spend(&t->gang->round, exit->ran);
    charge(t, exit);
}

// The same VCPU may go straight back: it can run, its turn and its slice are not over, and it has no interrupt to take first.
static bool may_go_on(const struct turn *t)
{
    const struct hart_state *s = &t->v->state;
    if (t->vm->life != LIFE_ON || s->run != HART_RUNNING || !t->vmm->slots[hw_hart(t->hw)].slice || !t->gang->round.left)
        return false;
    bool may_interrupt = s->sie && (s->mode == MODE_U || (s->sstatus & SSTATUS_SIE));
    return !may_interrupt || !hart_interrupt(s, now_of(t));
}

// Runs the VCPU, exit after exit, as long as no other choice than to run it again is to be made.
static void run(const struct turn *t)
{
    struct hw_exit exit;
    do {
        if (!shadow_use(t)) {
            end_lacking(t);
            return;
        }
        call_guest(t, &exit);
        if (!exit.trapped)
            return;
        handle(t, &exit);
    } while (!(exit.cause & CAUSE_INTERRUPT) && may_go_on(t));
    if (exit.cause == CAUSE_EXTERNAL || exit.cause == CAUSE_SOFTWARE) {
        device_input(t);
        poll_waiting(t->hw, t->vmm);
    }
}

void vmm_turn(struct hw *hw, mpa vmm_at)
{
    struct vmm *vmm = page_at(hw, vmm_at);
    mpa gang = schedule_pick(hw, vmm);
    if (!gang) {
        poll_waiting(hw, vmm);
        if (!vmm->ready_first)
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
    u32 interrupt = hart_interrupt(&t.v->state, now_of(&t));
    if (interrupt)
        inject(&t, interrupt);
    else
        run(&t);
}

// ---- start

static void start_gangs(struct hw *hw, struct vmm *vmm, mpa vm_at, const struct guest_config *c)
{
    struct vm *vm = page_at(hw, vm_at);
    vm->gang_count = c->pinned ? c->vcpus : 1;
    for (u32 i = 0; i < vm->gang_count; i++) {
        struct gang *g = &vm->gangs[i];
        g->first = i;
        g->count = c->pinned ? 1 : c->vcpus;
        g->hart = c->pinned ? i % vmm->harts : c->hart;
        g->weight = c->weight;
        round_reset(&g->round);
        schedule_ready(hw, vmm, gang_address(vm_at, i));
    }
}

static bool start_vm(struct hw *hw, struct vmm *vmm, const struct guest_config *c, mpa *link)
{
    mpa vm_at = page_alloc(hw, vmm);
    if (!vm_at)
        return false;
    struct vm *vm = page_at(hw, vm_at);
    vm->id = ++vmm->vms;
    vm->vcpu_count = c->vcpus;
    for (u32 i = 0; i < GUEST_NAME - 1; i++)
        vm->name[i] = c->name[i];
    vm->ram_at = c->ram_at;
    vm->ram_size = c->ram_size;
    *link = vm_at;
    struct turn t = {.hw = hw, .vmm = vmm, .vm = vm, .vm_at = vm_at};
    for (u32 i = 0; i < c->vcpus; i++) {
        choose(&t, i);
        hart_reset(&t.v->state, c->entry, i, c->device_tree);
        t.v->state.run = i ? HART_STOPPED : HART_RUNNING;
    }
    device_reset(&t);
    start_gangs(hw, vmm, vm_at, c);
    vmm->alive++;
    return true;
}

mpa vmm_start(struct hw *hw)
{
    const struct vmm_config *c = hw_config(hw);
    struct vmm *vmm = page_at(hw, c->memory_at);
    *vmm = (struct vmm){
        .magic = VMM_MAGIC,
        .version = VMM_VERSION,
        .policy = c->policy,
        .scheduler = c->scheduler,
        .clock = c->clock,
        .harts = c->harts,
        .adue = c->adue,
        .misaligned_emulate = c->misaligned_emulate,
        .holes = c->holes,
        .off_when_idle = c->off_when_idle,
        .quantum = c->quantum,
        .generation = 1,
        .next_asid = 1,
    };
    if (!page_start(vmm, c->memory_at, c->memory_size))
        return 0;
    mpa *link = &vmm->first_vm;
    for (u32 i = 0; i < c->guests; i++) {
        if (!start_vm(hw, vmm, &c->guest[i], link))
            return 0;
        link = &((struct vm *)page_at(hw, *link))->next;
    }
    return c->memory_at;
}
