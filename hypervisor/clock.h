// Time: what `time` a VCPU reads, and how many ticks of its hart it has used.
//
// By the virtual clock a guest's time follows its own retired instructions, and a VCPU uses a tick
// for each step (an instruction, or a trap). By the wall clock time is the machine's, and a VCPU
// uses all ticks that pass during its turn, those that the VMM needs for its work included.
#ifndef HYPERVISOR_CLOCK_H
#define HYPERVISOR_CLOCK_H

#include "hypervisor/turn.h"

// `time` as the VCPU would read it.
u64 clock_now(const struct turn *t);

// The VCPU begins to run: it may use so many ticks.
void clock_start(struct turn *t, u32 ticks);
// hw_run has returned: counts what the VCPU retired, and takes its steps off its ticks.
void clock_spend(struct turn *t, const struct hw_exit *exit);
// Somebody who watches the machine wants it to stand still in the middle of hw_run. What is left of
// the limit is kept with the pace, and clock_go_on takes both up again: to be watched changes
// nothing.
void clock_pause(struct turn *t, u32 rest);
void clock_go_on(struct turn *t);
// A page was filled into a shadow for it, and pace.grace is not 0. If its ticks are used up and it
// has not retired an instruction in this turn, it gets one tick more. Otherwise, with more VMs than
// the shadows have room for, each fill would be lost again before it served, and no VM would ever
// get on.
void clock_filled(struct turn *t);
// It has run: returns how many ticks it used, which may be more than it was to use (wall clock).
u32 clock_stop(struct turn *t);

// How many instructions the VCPU may retire before the VMM must look again: until its ticks are
// used up, its turn in the round is over, a call of lend.h ends, or its timer can interrupt it.
// 0: one of these is so now, or an interrupt is pending.
u32 clock_limit(struct turn *t);

#endif
