// Two schedulers over one queue.
//
// round-robin: the head of the queue gets a quantum, then goes to the tail.
// weighted: each gang has credit, which running burns; only gangs with credit are taken; when
// nobody ready has any left, everybody ready gets new credit in proportion to weight. So over time
// each gets its share, and a gang that was waiting finds its credit unspent and runs soon (the
// credit scheduler of Xen works like this: Cherkasova, Gupta, Vahdat, "Comparison of the three CPU
// schedulers in Xen", 2007).
//
// A gang that runs while nobody is ready, nor waits for a time, is alone: it runs on without being
// interrupted, which a VMM within a VMM would pay for dearly, until somebody else comes. Read next:
// hypervisor/vmm.c.
#include "hypervisor/schedule.h"
#include "hypervisor/waiting.h"

#define ALONE (1u << 26) // ticks, as good as for ever; more than any quantum

static struct gang *gang_at(struct hw *hw, mpa gang)
{
    return hw_page(hw, gang);
}

mpa gang_address(mpa vm, u32 index)
{
    return vm + (u32)offsetof(struct vm, gangs) + index * (u32)sizeof(struct gang);
}

static struct hart_slot *my_slot(struct hw *hw, struct vmm *vmm)
{
    return &vmm->slots[hw_hart(hw)];
}

// ---- the queues

static void append_ready(struct hw *hw, struct vmm *vmm, mpa gang)
{
    struct gang *g = gang_at(hw, gang);
    g->state = GANG_READY;
    g->next = 0;
    if (vmm->ready_last)
        gang_at(hw, vmm->ready_last)->next = gang;
    else
        vmm->ready_first = gang;
    vmm->ready_last = gang;
}

static void unlink_ready(struct hw *hw, struct vmm *vmm, mpa before, mpa gang)
{
    mpa next = gang_at(hw, gang)->next;
    if (before)
        gang_at(hw, before)->next = next;
    else
        vmm->ready_first = next;
    if (vmm->ready_last == gang)
        vmm->ready_last = before;
}

// Nobody is alone any more: who thought so has a quantum left.
static void end_alone(struct hw *hw, struct vmm *vmm)
{
    for (u32 hart = 0; hart < vmm->harts; hart++) {
        if (vmm->slots[hart].slice <= vmm->quantum)
            continue;
        vmm->slots[hart].slice = vmm->quantum;
        if (hart != hw_hart(hw))
            hw_kick(hw, hart);
    }
}

static void end_wait(struct hw *hw, struct vmm *vmm, mpa gang)
{
    if (gang_at(hw, gang)->wake != FOREVER)
        waiting_remove(hw, vmm, gang);
}

static bool may_use(const struct gang *g, u32 hart)
{
    return g->hart == GUEST_ANY_HART || g->hart == hart;
}

// Harts with nothing to do are told that there is a gang which they may take.
static void offer(struct hw *hw, const struct vmm *vmm, mpa gang)
{
    for (u32 hart = 0; hart < vmm->harts; hart++)
        if (!vmm->slots[hart].gang && hart != hw_hart(hw) && may_use(gang_at(hw, gang), hart))
            hw_kick(hw, hart);
}

static void wake_due(struct hw *hw, struct vmm *vmm)
{
    if (!vmm->waiting)
        return;
    u64 now = hw_now(hw);
    while (vmm->waiting && gang_at(hw, vmm->waiting)->wake <= now)
        schedule_ready(hw, vmm, vmm->waiting);
}

// ---- the rules

// Finds the first gang in the queue that this hart may take, and, if asked for, that has credit;
// takes it out. 0: none.
static mpa take(struct hw *hw, struct vmm *vmm, bool with_credit)
{
    for (mpa before = 0, at = vmm->ready_first; at; before = at, at = gang_at(hw, at)->next) {
        struct gang *g = gang_at(hw, at);
        if (!may_use(g, hw_hart(hw)) || (with_credit && g->credit <= 0))
            continue;
        unlink_ready(hw, vmm, before, at);
        return at;
    }
    return 0;
}

static bool any_for_me(struct hw *hw, struct vmm *vmm)
{
    for (mpa at = vmm->ready_first; at; at = gang_at(hw, at)->next)
        if (may_use(gang_at(hw, at), hw_hart(hw)))
            return true;
    return false;
}

static u32 pay(const struct vmm *vmm, const struct gang *g)
{
    return vmm->quantum / 100 * g->weight;
}

static void pay_everybody(struct hw *hw, struct vmm *vmm)
{
    for (mpa at = vmm->ready_first; at; at = gang_at(hw, at)->next) {
        struct gang *g = gang_at(hw, at);
        i32 most = (i32)pay(vmm, g);
        g->credit = g->credit + most > most ? most : g->credit + most;
    }
}

static mpa take_by_rule(struct hw *hw, struct vmm *vmm)
{
    if (vmm->scheduler == SCHEDULER_ROUND_ROBIN)
        return take(hw, vmm, false);
    mpa gang = take(hw, vmm, true);
    while (!gang && any_for_me(hw, vmm)) {
        pay_everybody(hw, vmm);
        gang = take(hw, vmm, true);
    }
    return gang;
}

static u32 slice_of(const struct vmm *vmm, const struct gang *g)
{
    if (!vmm->ready_first && !vmm->waiting)
        return ALONE;
    bool short_of = vmm->scheduler == SCHEDULER_WEIGHTED && g->credit < (i32)vmm->quantum;
    return short_of ? (u32)g->credit : vmm->quantum;
}

mpa schedule_pick(struct hw *hw, struct vmm *vmm)
{
    struct hart_slot *slot = my_slot(hw, vmm);
    wake_due(hw, vmm);
    if (slot->gang && slot->slice)
        return slot->gang;
    mpa before = slot->gang;
    if (before)
        append_ready(hw, vmm, before);
    slot->gang = take_by_rule(hw, vmm);
    if (before && before != slot->gang)
        offer(hw, vmm, before);
    if (slot->gang) {
        struct gang *g = gang_at(hw, slot->gang);
        g->state = GANG_RUNNING;
        slot->slice = slice_of(vmm, g);
        slot->since = vmm->clock == VMM_CLOCK_WALL ? hw_now(hw) : 0;
    }
    return slot->gang;
}

// ---- what happens to gangs

void schedule_charge(struct hw *hw, struct vmm *vmm, u32 ticks)
{
    struct hart_slot *slot = my_slot(hw, vmm);
    if (vmm->scheduler == SCHEDULER_WEIGHTED &&
        slot->slice <= vmm->quantum) // who is alone takes from nobody
        gang_at(hw, slot->gang)->credit -= (i32)ticks;
    slot->slice -= ticks < slot->slice ? ticks : slot->slice;
}

void schedule_wait(struct hw *hw, struct vmm *vmm, u64 wake)
{
    struct hart_slot *slot = my_slot(hw, vmm);
    struct gang *g = gang_at(hw, slot->gang);
    g->state = GANG_WAITING;
    g->wake = wake;
    slot->slice = 0;
    if (wake != FOREVER) {
        waiting_insert(hw, vmm, slot->gang);
        end_alone(hw, vmm);
    }
    slot->gang = 0;
}

void schedule_ready(struct hw *hw, struct vmm *vmm, mpa gang)
{
    if (gang_at(hw, gang)->state == GANG_WAITING)
        end_wait(hw, vmm, gang);
    append_ready(hw, vmm, gang);
    end_alone(hw, vmm);
    offer(hw, vmm, gang);
}

static void remove_ready(struct hw *hw, struct vmm *vmm, mpa gang)
{
    for (mpa before = 0, at = vmm->ready_first; at; before = at, at = gang_at(hw, at)->next)
        if (at == gang) {
            unlink_ready(hw, vmm, before, at);
            return;
        }
}

void schedule_remove(struct hw *hw, struct vmm *vmm, mpa vm_at)
{
    struct vm *vm = hw_page(hw, vm_at);
    for (u32 i = 0; i < vm->gang_count; i++) {
        mpa gang = gang_address(vm_at, i);
        if (vm->gangs[i].state == GANG_WAITING)
            end_wait(hw, vmm, gang);
        else if (vm->gangs[i].state == GANG_READY)
            remove_ready(hw, vmm, gang);
        for (u32 hart = 0; hart < vmm->harts; hart++)
            if (vmm->slots[hart].gang == gang)
                vmm->slots[hart].gang = 0;
        vm->gangs[i].state = GANG_GONE;
    }
}

u64 schedule_due(struct hw *hw, const struct vmm *vmm)
{
    return vmm->waiting ? gang_at(hw, vmm->waiting)->wake : FOREVER;
}
