// Which gang gets the hart, and for how long. Contracts: hypervisor/schedule.h.
//
// This beginning is a queue: the first gang that is ready gets the hart and keeps it until it
// waits. So one guest that computes keeps the hart for ever.
//
// Your part is what is marked with "yours". The rest is given.
#include "hypervisor/schedule.h"
#include "hypervisor/ready.h"
#include "hypervisor/waiting.h"

// Deficit round robin: each time the queue comes round, a gang is given its part, and it runs in
// pieces of half a quantum while it has any left.
static bool some_left(const struct gang *g)
{
    return g->credit > 0;
}

static mpa take_next(struct turn *t)
{
    if (t->vmm->ready_first == 0)
        return 0;
    mpa g;
    while ((g = ready_take(t, some_left)) == 0)
        for (mpa vm = t->vmm->first_vm; vm; vm = ((struct vm *)hw_page(t->hw, vm))->next)
            for (u32 i = 0; i < ((struct vm *)hw_page(t->hw, vm))->gang_count; i++) {
                struct gang *one = gang_at(t, gang_address(vm, i));
                i32 part = (i32)(t->vmm->quantum * one->weight / 100);
                one->credit += part;
                if (one->credit > part)
                    one->credit = part;
            }
    return g;
}

static u32 slice_of(const struct turn *t, const struct gang *g)
{
    u32 half = t->vmm->quantum / 2;
    return g->credit < (i32)half ? (u32)g->credit : half;
}

// ---- a gang becomes ready

static void end_wait(struct turn *t, mpa gang)
{
    if (gang_at(t, gang)->wake != FOREVER)
        waiting_remove(t, gang);
}

// Yours. A gang becomes ready: it is new, or it wakes. Where in the queue does it belong?
void schedule_ready(struct turn *t, mpa gang)
{
    if (gang_at(t, gang)->state == GANG_WAITING) {
        end_wait(t, gang);
        ready_append(t, gang);
        // to the front
        while (t->vmm->ready_first != gang) {
            mpa first = t->vmm->ready_first;
            ready_remove(t, first);
            ready_append(t, first);
        }
        return;
    }
    ready_append(t, gang);
}

static void wake_due(struct turn *t)
{
    if (!t->vmm->waiting)
        return;
    u64 now = hw_now(t->hw);
    while (t->vmm->waiting && gang_at(t, t->vmm->waiting)->wake <= now)
        schedule_ready(t, t->vmm->waiting);
}

// ---- choosing

static void give_hart(struct turn *t, struct hart_slot *slot, mpa gang)
{
    slot->gang = gang;
    if (!gang)
        return;
    struct gang *g = gang_at(t, gang);
    g->state = GANG_RUNNING;
    slot->slice = slice_of(t, g);
    slot->since = hw_now(t->hw);
}

mpa schedule_pick(struct turn *t)
{
    struct hart_slot *slot = t->slot;
    wake_due(t);
    if (slot->gang && slot->slice)
        return slot->gang;
    if (slot->gang)
        ready_append(t, slot->gang);
    give_hart(t, slot, take_next(t));
    return slot->gang;
}

// ---- paying, waiting, leaving

// Yours. The gang that has the hart used so many ticks of its slice. What does it pay?
void schedule_charge(struct turn *t, u32 ticks)
{
    struct hart_slot *slot = t->slot;
    gang_at(t, slot->gang)->credit -= (i32)ticks;
    slot->slice -= ticks < slot->slice ? ticks : slot->slice;
    slot->since = t->since + ticks;
}

void schedule_wait(struct turn *t, u64 wake)
{
    struct hart_slot *slot = t->slot;
    struct gang *g = gang_at(t, slot->gang);
    g->state = GANG_WAITING;
    g->wake = wake;
    if (wake != FOREVER)
        waiting_insert(t, slot->gang);
    slot->slice = 0;
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
        if (t->slot->gang == gang)
            t->slot->gang = 0;
        vm->gangs[i].state = GANG_GONE;
    }
}

u64 schedule_due(struct turn *t)
{
    return t->vmm->waiting ? gang_at(t, t->vmm->waiting)->wake : FOREVER;
}
