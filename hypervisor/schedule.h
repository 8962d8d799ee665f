// Which gang runs on a hart, and for how long. Gangs that can run stand in a queue. Gangs that wait
// for a time are kept by when they are due (hypervisor/waiting.h). A gang that waits for ever is
// kept nowhere and costs nothing.
//
//       +--- slice used up, another is ready -------+
//       v                                           |
//     READY ------------ schedule_pick -------> RUNNING ----- its VM is off -----> GONE
//       ^                                           |
//       +---- due, or woken ---- WAITING <-- `wfi` -+
#ifndef HYPERVISOR_SCHEDULE_H
#define HYPERVISOR_SCHEDULE_H

#include "hypervisor/turn.h"

// The gang to run now on this hart: the one that has the hart if its slice is not used up, else the
// next by the scheduler's rule. 0: no gang is ready.
mpa schedule_pick(struct turn *t);

// The gang that has this hart used so many ticks since t->since.
void schedule_charge(struct turn *t, u32 ticks);

// The gang that has this hart waits until `wake`, or until schedule_ready (FOREVER: only until
// that).
void schedule_wait(struct turn *t, u64 wake);

// A gang becomes ready: it is new, or it was waiting. Idle harts that may take it are told.
void schedule_ready(struct turn *t, mpa gang);

// All gangs of a VM leave for good.
void schedule_remove(struct turn *t, mpa vm);

// When the first gang that waits is due; FOREVER: no gang waits for a time.
u64 schedule_due(struct turn *t);

#endif
