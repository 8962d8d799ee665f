// The rules of scheduling.
//
// round-robin: the first gang of the queue gets a quantum, and then goes to the end of the queue.
// weighted: each gang has credit. Running uses up credit, and only gangs with credit are taken. If
//     no ready gang has credit left, each ready gang gets new credit in proportion to its weight.
//     So over time each gang gets its share, and a gang that was waiting still has its credit and
//     runs soon. (The credit scheduler of Xen works like this: Cherkasova, Gupta, Vahdat,
//     "Comparison of the three CPU schedulers in Xen", 2007.)
// Read next: hypervisor/waiting.c.
#include "hypervisor/rules.h"
#include "hypervisor/ready.h"

// ---- round-robin

static mpa take_first(struct turn *t)
{
    return ready_take(t, NULL);
}

static u32 slice_quantum(const struct vmm *vmm, const struct gang *g)
{
    (void)g;
    return vmm->quantum;
}

static void charge_nothing(struct gang *g, u32 ticks)
{
    (void)g;
    (void)ticks;
}

// ---- weighted

static bool has_credit(const struct gang *g)
{
    return g->credit > 0;
}

// Returns true if a gang is ready that this hart may run, with or without credit.
static bool any_for_me(const struct turn *t)
{
    for (mpa at = t->vmm->ready_first; at; at = gang_at(t, at)->next)
        if (gang_may_use(gang_at(t, at), hw_hart(t->hw)))
            return true;
    return false;
}

// A gang can save the credit of one payment only. Otherwise a gang that waited long could then
// run for very long.
static void pay_all(struct turn *t)
{
    for (mpa at = t->vmm->ready_first; at; at = gang_at(t, at)->next) {
        struct gang *g = gang_at(t, at);
        i32 pay = (i32)(t->vmm->quantum / 100 * g->weight);
        g->credit = g->credit > 0 ? pay : g->credit + pay;
    }
}

// A gang may have used more credit than one payment gives, so several payments may be necessary.
static mpa take_with_credit(struct turn *t)
{
    mpa gang = ready_take(t, has_credit);
    while (!gang && any_for_me(t)) {
        pay_all(t);
        gang = ready_take(t, has_credit);
    }
    return gang;
}

static u32 slice_of_credit(const struct vmm *vmm, const struct gang *g)
{
    return g->credit < (i32)vmm->quantum ? (u32)g->credit : vmm->quantum;
}

static void charge_credit(struct gang *g, u32 ticks)
{
    g->credit -= (i32)ticks;
}

// ----

static const struct schedule_rule rules[] = {
    [SCHEDULER_ROUND_ROBIN] = {take_first, slice_quantum, charge_nothing},
    [SCHEDULER_WEIGHTED] = {take_with_credit, slice_of_credit, charge_credit},
};

const struct schedule_rule *rule_of(const struct vmm *vmm)
{
    return &rules[vmm->scheduler];
}
