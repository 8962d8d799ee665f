// The queue of gangs that can run, first come first: linked through gang.next, from
// vmm->ready_first to vmm->ready_last.
#ifndef HYPERVISOR_READY_H
#define HYPERVISOR_READY_H

#include "hypervisor/turn.h"

// May a gang run on this hart?
static inline bool gang_may_use(const struct gang *g, u32 hart)
{
    return g->hart == GUEST_ANY_HART || g->hart == hart;
}

// The gang goes to the end of the queue and is GANG_READY.
void ready_append(struct turn *t, mpa gang);

// Takes a gang out, wherever it stands. Nothing happens if it is not in the queue.
void ready_remove(struct turn *t, mpa gang);

// Takes out the first gang that this hart may run and that passes the test (NULL: every gang
// does). Returns 0 if there is none.
mpa ready_take(struct turn *t, bool (*passes)(const struct gang *g));

#endif
