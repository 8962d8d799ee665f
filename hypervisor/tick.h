// A guest makes progress, however short its timer ticks are. By the wall clock time goes on
// while the VMM works, and a guest's handler for the timer has many exits. So the next tick can
// be due before the handler is done, and the guest would spend all its time on ticks. That is
// usual if several VCPUs share a hart, and in a VMM inside a VMM, whose exits cost some hundred
// times as much.
//
//     tick ----- handler: n instructions ----- open again -- at least n instructions -- tick
//
// KVM has a shortest period for the timer of its guests (`min_timer_period_us`). This VMM does
// the same, but it counts instructions: a VCPU's timer interrupts it again only after it has
// retired as many instructions of its own as its last handler took. So at worst every second
// instruction of the guest is a handler's. A tick that comes late is pending meanwhile, as `sip`
// shows, and ticks that are due in that time become one. A guest whose handler ends long before
// the next tick is due notices nothing.
//
// By the virtual clock the VMM's work takes no time, and the VMM does nothing of this. In guest
// mode it does nothing of this either, because the hart itself delivers the timer's interrupts.
// And it does nothing of this for a VM with the hypervisor extension (hypervisor/virtual_h.h):
// such a guest uses its timer to get the hart back from a guest of its own.
// Read next: hypervisor/tick.c.
#ifndef HYPERVISOR_TICK_H
#define HYPERVISOR_TICK_H

#include "hypervisor/turn.h"

// To be called when the VCPU's timer interrupts it.
void tick_begin(struct turn *t);

// To be called when the VCPU is open to interrupts. Returns how many instructions it must still
// retire before its timer may interrupt it; 0: the timer may interrupt it now.
u32 tick_rest(struct turn *t);

// To be called when the VCPU waits in `wfi`: it has nothing of its own to do, so the timer may
// interrupt it.
void tick_idle(struct turn *t);

#endif
