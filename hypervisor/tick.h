// A guest makes progress, however short its timer ticks are. By the wall clock time goes on while
// the VMM works, and a guest's handler for the timer has many exits. So the next tick can be due
// before the handler is done, and the guest would do nothing but tick: with several VCPUs on a
// hart, or in a VMM inside a VMM, whose exits cost some hundred times as much, that is the rule.
//
//     tick ----- handler: n instructions ----- open again -- at least n instructions -- tick
//
// The VMM does as KVM does, which has a shortest period for the timer of its guests
// (`min_timer_period_us`), but it counts instructions: a VCPU is not interrupted by its timer again
// before it has retired as many instructions of its own as its last handler took. At worst every
// second instruction of the guest is a handler's. A tick that comes late is pending meanwhile, as
// `sip` shows, and ticks that are due in that time become one. A guest whose handler ends long
// before the next tick is due notices nothing.
//
// By the virtual clock the VMM's work takes no time, and none of this exists. In guest mode the
// hart itself delivers the timer's interrupts, so nothing of this is done there either. And nothing
// of this is done for a VM with the hypervisor extension (hypervisor/virtual_h.h): when such a
// guest runs a guest of its own, its timer is how it gets the hart back.
// Read next: hypervisor/tick.c.
#ifndef HYPERVISOR_TICK_H
#define HYPERVISOR_TICK_H

#include "hypervisor/turn.h"

// The VCPU's timer interrupts it now.
void tick_begin(struct turn *t);

// The VCPU is open to interrupts. Returns how many instructions it must still retire before its
// timer may interrupt it; 0: the timer may do so now.
u32 tick_rest(struct turn *t);

// The VCPU waits in `wfi`, so it has nothing of its own to do, and the timer may interrupt it.
void tick_idle(struct turn *t);

#endif
