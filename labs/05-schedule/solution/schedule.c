// Which gang gets the hart, and for how long. Contracts: hypervisor/schedule.h.
//
// A gang has credit, in ticks. Running burns credit, and only gangs with credit are chosen. When no
// gang that is ready has any left, a new period begins, and every gang is paid in proportion to its
// weight. A gang that wakes goes to the front of the queue, so it runs when the present slice ends.
//
// Your part is what is marked with "yours". The rest is given.
#include "hypervisor/schedule.h"
#include "hypervisor/ready.h"
#include "hypervisor/waiting.h"

// ---- the rule (yours)

static bool has_credit(const struct gang *g)
{
    return g->credit > 0;
}

// What a gang gets for a period.
static i32 pay_of(const struct vmm *vmm, const struct gang *g)
{
    return (i32)(vmm->quantum / 100 * g->weight);
}

// Nobody saves credit from an earlier period, or a gang that slept could keep the others waiting.
// Debts stay, since a slice may end late.
static void pay(const struct vmm *vmm, struct gang *g)
{
    i32 pay = pay_of(vmm, g);
    g->credit = g->credit > 0 ? pay : g->credit + pay;
}

// A new period begins. A gang that waits is paid, too: when it wakes it needs credit to be chosen.
static void pay_all(struct turn *t)
{
    for (mpa at = t->vmm->first_vm; at;) {
        struct vm *vm = hw_page(t->hw, at);
        for (u32 i = 0; i < vm->gang_count; i++)
            pay(t->vmm, &vm->gangs[i]);
        at = vm->next;
    }
}

// Takes the first gang with credit out of the queue. Returns 0 if no gang is ready.
static mpa take_next(struct turn *t)
{
    mpa gang = ready_take(t, has_credit);
    while (!gang && t->vmm->ready_first) {
        pay_all(t);
        gang = ready_take(t, has_credit);
    }
    return gang;
}

static u32 slice_of(const struct turn *t, const struct gang *g)
{
    u32 quantum = t->vmm->quantum;
    return (u32)g->credit < quantum ? (u32)g->credit : quantum;
}

// ---- a gang becomes ready

static void end_wait(struct turn *t, mpa gang)
{
    if (gang_at(t, gang)->wake != FOREVER)
        waiting_remove(t, gang);
}

// Yours. A gang that wakes has not used its part lately, so it comes before those that are ready
// already.
static void put_first(struct turn *t, mpa gang)
{
    struct gang *g = gang_at(t, gang);
    g->state = GANG_READY;
    g->next = t->vmm->ready_first;
    t->vmm->ready_first = gang;
    if (!g->next)
        t->vmm->ready_last = gang;
}

void schedule_ready(struct turn *t, mpa gang)
{
    bool wakes = gang_at(t, gang)->state == GANG_WAITING;
    if (wakes) {
        end_wait(t, gang);
        put_first(t, gang);
    } else {
        ready_append(t, gang);
    }
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

// Yours.
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
