// The ready queue. Contracts: hypervisor/ready.h.
// Read next: hypervisor/rules.c.
#include "hypervisor/ready.h"

void ready_append(struct turn *t, mpa gang)
{
    struct gang *g = gang_at(t, gang);
    g->state = GANG_READY;
    g->next = 0;
    // The link to the new gang is in the last gang of the queue, or in the VMM if the queue is
    // empty.
    if (t->vmm->ready_last)
        gang_at(t, t->vmm->ready_last)->next = gang;
    else
        t->vmm->ready_first = gang;
    t->vmm->ready_last = gang;
}

// `before` is the gang in front of this one, or 0 if this one is the first.
static void unlink_gang(struct turn *t, mpa before, mpa gang)
{
    mpa next = gang_at(t, gang)->next;
    if (before)
        gang_at(t, before)->next = next;
    else
        t->vmm->ready_first = next;
    if (t->vmm->ready_last == gang)
        t->vmm->ready_last = before;
}

void ready_remove(struct turn *t, mpa gang)
{
    mpa before = 0;
    for (mpa at = t->vmm->ready_first; at; at = gang_at(t, at)->next) {
        if (at == gang) {
            unlink_gang(t, before, at);
            return;
        }
        before = at;
    }
}

mpa ready_take(struct turn *t, bool (*passes)(const struct gang *g))
{
    u32 hart = hw_hart(t->hw);
    mpa before = 0;
    for (mpa at = t->vmm->ready_first; at; at = gang_at(t, at)->next) {
        const struct gang *g = gang_at(t, at);
        if (gang_may_use(g, hart) && (!passes || passes(g))) {
            unlink_gang(t, before, at);
            return at;
        }
        before = at;
    }
    return 0;
}
