// Decides which gang runs on a hart, and for how long. Gangs that can run stand in a queue.
// Gangs that wait for a time are kept in the order of that time (hypervisor/waiting.h). A gang
// that waits for ever is in no list and costs nothing.
//
//       +--- slice used up, another is ready -------+
//       v                                           |
//     READY ------------ schedule_pick -------> RUNNING ----- its VM is off -----> GONE
//       ^                                           |
//       +---- due, or woken ---- WAITING <-- `wfi` -+
#ifndef HYPERVISOR_SCHEDULE_H
#define HYPERVISOR_SCHEDULE_H

#include "hypervisor/turn.h"

// Returns the gang to run now on this hart: the gang that has the hart if its slice is not used
// up, else the next gang by the scheduler's rule. Returns 0 if no gang is ready.
mpa schedule_pick(struct turn *t);

// Charges the gang that has this hart for the ticks that it used since t->since.
void schedule_charge(struct turn *t, u32 ticks);

// Makes the gang that has this hart wait until `wake`, or until schedule_ready is called for it.
// FOREVER: it waits only for schedule_ready.
void schedule_wait(struct turn *t, u64 wake);

// Makes a gang ready: it is new, or it was waiting. Wakes the idle harts that may take it.
void schedule_ready(struct turn *t, mpa gang);

// Removes all gangs of a VM for good.
void schedule_remove(struct turn *t, mpa vm);

// Returns the time at which the first gang that waits is due, or FOREVER if no gang waits for a
// time.
u64 schedule_due(struct turn *t);

#endif
