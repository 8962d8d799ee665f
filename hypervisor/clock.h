// The time that a VCPU reads in `time`, and the number of ticks of its hart that it has used.
//
// By the virtual clock a guest's time follows its own retired instructions, and a VCPU uses one
// tick for each step (an instruction or a trap). By the wall clock a guest's time is the
// machine's time, and a VCPU uses all ticks that pass during its turn, even those in which the
// VMM works.
#ifndef HYPERVISOR_CLOCK_H
#define HYPERVISOR_CLOCK_H

#include "hypervisor/turn.h"

// Returns `time` as the VCPU would read it now.
u64 clock_now(const struct turn *t);

// To be called when the VCPU begins to run. It may use this number of ticks.
void clock_start(struct turn *t, u32 ticks);
// To be called when hw_run has returned: counts the instructions that the VCPU retired, and
// takes its steps off its ticks.
void clock_spend(struct turn *t, const struct hw_exit *exit);
// An observer of the machine may stop it in the middle of hw_run. clock_pause keeps the rest of
// the limit together with the pace, and clock_go_on continues with both. So an observer changes
// nothing.
void clock_pause(struct turn *t, u32 rest);
void clock_go_on(struct turn *t);
// To be called when a page was filled into a shadow for the VCPU, and pace.grace is not 0. If
// the VCPU has used up its ticks and has not retired an instruction in this turn, it gets one
// tick more. Otherwise VMs could starve when the shadows have too little room for all of them:
// each filled page would be lost again before the VCPU could use it.
void clock_filled(struct turn *t);
// To be called at the end of a run. Returns how many ticks the VCPU used. By the wall clock that
// may be more than it was allowed to use.
u32 clock_stop(struct turn *t);

// Returns how many instructions the VCPU may retire before the VMM must look again: until its
// ticks are used up, its turn in the round is over, a call of lend.h ends, or its timer can
// interrupt it. Returns 0 if one of these is the case now, or if an interrupt is pending.
u32 clock_limit(struct turn *t);

#endif
