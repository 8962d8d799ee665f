// Notices that the timer of a guest ticks too fast for the place where the guest runs. By the
// wall clock, the guest's handler for the timer also takes the time of the VMMs above it. The
// VMM makes sure that the guest gets on between two ticks (hypervisor/tick.h). But some kernels
// catch up in the handler with each tick that they missed, as Linux does until its clocks are
// set up. Such a kernel never leaves the handler if one tick takes longer than the time to the
// next. No VMM can mend that, so the person is told.
#ifndef UI_COMMAND_TICKS_H
#define UI_COMMAND_TICKS_H

#include "scenarios/world/world.h"

// What is known of one guest. When all fields are zero, nothing is known yet.
struct tick_watch {
    u64 since[HARTS_MAX]; // the VCPU's time when it was first seen in this handler; 0: it is in no
                          // timer handler
    bool told;
};

// Looks at the guest's VCPUs. To be called now and then while the guest runs. If one of them has
// been in its timer handler far too long, returns for how many cycles. This is told only once:
// every other call returns 0.
u64 tick_watch_look(struct tick_watch *w, const struct world *world, u32 guest);

#endif
