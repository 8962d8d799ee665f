// The queue of gangs that can run. The gang that came first leaves first. The queue is linked
// through gang.next, from vmm->ready_first to vmm->ready_last.
#ifndef HYPERVISOR_READY_H
#define HYPERVISOR_READY_H

#include "hypervisor/turn.h"

// Returns true if the gang may run on this hart.
static inline bool gang_may_use(const struct gang *g, u32 hart)
{
    return g->hart == GUEST_ANY_HART || g->hart == hart;
}

// Puts the gang at the end of the queue. Its state becomes GANG_READY.
void ready_append(struct turn *t, mpa gang);

// Takes a gang out of the queue, wherever it stands. If it is not in the queue, nothing happens.
void ready_remove(struct turn *t, mpa gang);

// Takes out the first gang that this hart may run and for which `passes` returns true. NULL
// stands for a test that every gang passes. Returns 0 if there is no such gang.
mpa ready_take(struct turn *t, bool (*passes)(const struct gang *g));

#endif
