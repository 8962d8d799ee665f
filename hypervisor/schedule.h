// Which gang runs on a hart, and for how long. Gangs that can run stand in a queue; those that wait
// for a time are kept by when they are due (hypervisor/waiting.h), those that wait for ever
// nowhere, and cost nothing.
//
//          +--- slice used up, somebody else ready ---+
//          v                                          |
//        READY ------------ schedule_pick -------> RUNNING ----- its VM is off -----> GONE
//          ^                                          |
//          +-- due, or woken -- WAITING <-- `wfi` ----+
#ifndef HYPERVISOR_SCHEDULE_H
#define HYPERVISOR_SCHEDULE_H

#include "hypervisor/vm.h"

// The machine address of a VM's index-th gang.
mpa gang_address(mpa vm, u32 index);

// The gang to run now on this hart: the one that runs if its slice is not used up, else the next by
// the scheduler's rule; 0: none is ready.
mpa schedule_pick(struct hw *hw, struct vmm *vmm);

// The running gang of this hart used so many ticks (of which `slices` counts).
void schedule_charge(struct hw *hw, struct vmm *vmm, u32 ticks);

// The running gang of this hart waits until `wake`, or FOREVER, or until schedule_ready.
void schedule_wait(struct hw *hw, struct vmm *vmm, u64 wake);

// A gang becomes ready: new, or was waiting. Any hart that may take it is told.
void schedule_ready(struct hw *hw, struct vmm *vmm, mpa gang);

// All gangs of a VM leave for good.
void schedule_remove(struct hw *hw, struct vmm *vmm, mpa vm);

// When the first waiting gang is due; FOREVER: none is.
u64 schedule_due(struct hw *hw, const struct vmm *vmm);

#endif
