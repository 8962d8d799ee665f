// The life of gangs: they get a hart, pay for it, wait, become ready, and leave.
// hypervisor/rules.c has the rules by which one of them is chosen.
//
// A gang is alone if it runs while no other gang is ready or waits for a time. It then runs
// without interruption until another gang comes, because each interruption would be expensive
// for a VMM inside a VMM.
// Read next: hypervisor/ready.c.
#include "hypervisor/schedule.h"
#include "hypervisor/ready.h"
#include "hypervisor/rules.h"
#include "hypervisor/waiting.h"

#define SLICE_ALONE (1u << 26) // ticks: as good as for ever, and more than any quantum

// ---- telling other harts

// To be called when no gang is alone any more: a gang that was alone has only a quantum left.
static void end_alone(struct turn *t)
{
    for (u32 hart = 0; hart < t->vmm->harts; hart++) {
        struct hart_slot *slot = &t->vmm->slots[hart];
        if (slot->slice <= t->vmm->quantum)
            continue;
        slot->slice = t->vmm->quantum;
        if (hart != hw_hart(t->hw))
            hw_kick(t->hw, hart);
    }
}

// Wakes the idle harts that may take this gang.
static void offer(struct turn *t, mpa gang)
{
    for (u32 hart = 0; hart < t->vmm->harts; hart++) {
        bool idle = !t->vmm->slots[hart].gang && hart != hw_hart(t->hw);
        if (idle && gang_may_use(gang_at(t, gang), hart))
            hw_kick(t->hw, hart);
    }
}

// ---- choosing

static void end_wait(struct turn *t, mpa gang)
{
    if (gang_at(t, gang)->wake != FOREVER)
        waiting_remove(t, gang);
}

void schedule_ready(struct turn *t, mpa gang)
{
    if (gang_at(t, gang)->state == GANG_WAITING)
        end_wait(t, gang);
    ready_append(t, gang);
    end_alone(t);
    offer(t, gang);
}

static void wake_due(struct turn *t)
{
    if (!t->vmm->waiting)
        return;
    u64 now = hw_now(t->hw);
    while (t->vmm->waiting && gang_at(t, t->vmm->waiting)->wake <= now)
        schedule_ready(t, t->vmm->waiting);
}

static u32 slice_of(const struct vmm *vmm, const struct gang *g)
{
    if (!vmm->ready_first && !vmm->waiting)
        return SLICE_ALONE;
    return rule_of(vmm)->slice(vmm, g);
}

static void give_hart(struct turn *t, struct hart_slot *slot, mpa gang)
{
    slot->gang = gang;
    if (!gang)
        return;
    struct gang *g = gang_at(t, gang);
    g->state = GANG_RUNNING;
    slot->slice = slice_of(t->vmm, g);
    slot->since = t->vmm->clock == VMM_CLOCK_WALL ? hw_now(t->hw) : 0;
}

mpa schedule_pick(struct turn *t)
{
    struct hart_slot *slot = t->slot;
    wake_due(t);
    // A gang keeps its hart until its slice is used up, so that there are not more switches than
    // necessary.
    if (slot->gang && slot->slice)
        return slot->gang;
    mpa before = slot->gang;
    if (before)
        ready_append(t, before);
    mpa next = rule_of(t->vmm)->take(t);
    // The gang that lost this hart may run on an idle one.
    if (before && before != next)
        offer(t, before);
    give_hart(t, slot, next);
    return next;
}

// ---- paying, waiting, leaving

void schedule_charge(struct turn *t, u32 ticks)
{
    struct hart_slot *slot = t->slot;
    if (slot->slice <= t->vmm->quantum) // a gang that is alone takes from nobody
        rule_of(t->vmm)->charge(gang_at(t, slot->gang), ticks);
    slot->slice -= ticks < slot->slice ? ticks : slot->slice;
    if (t->vmm->clock == VMM_CLOCK_WALL)
        slot->since = t->since + ticks;
}

void schedule_wait(struct turn *t, u64 wake)
{
    struct hart_slot *slot = t->slot;
    struct gang *g = gang_at(t, slot->gang);
    g->state = GANG_WAITING;
    g->wake = wake;
    // A gang that waits gives up the rest of its slice.
    slot->slice = 0;
    if (wake != FOREVER) {
        // Another gang must give way when this one is due, so no gang is alone any more.
        waiting_insert(t, slot->gang);
        end_alone(t);
    }
    slot->gang = 0;
}

void schedule_remove(struct turn *t, mpa vm_at)
{
    struct vm *vm = hw_page(t->hw, vm_at);
    for (u32 i = 0; i < vm->gang_count; i++) {
        mpa gang = gang_address(vm_at, i);
        if (vm->gangs[i].state == GANG_WAITING)
            end_wait(t, gang);
        else if (vm->gangs[i].state == GANG_READY)
            ready_remove(t, gang);
        for (u32 hart = 0; hart < t->vmm->harts; hart++)
            if (t->vmm->slots[hart].gang == gang)
                t->vmm->slots[hart].gang = 0;
        vm->gangs[i].state = GANG_GONE;
    }
}

u64 schedule_due(struct turn *t)
{
    return t->vmm->waiting ? gang_at(t, t->vmm->waiting)->wake : FOREVER;
}
