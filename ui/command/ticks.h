// Noticing that the ticks of a guest are too short for where it runs. By the wall clock a guest's
// handler for the timer takes the time of the VMMs above it, too. The VMM sees to it that the guest
// gets on between two ticks (hypervisor/tick.h). But a kernel that catches up in its handler with
// each tick that it missed, as Linux does until its clocks are set up, never leaves the handler if
// one tick takes longer than the time to the next. Nobody can mend that from outside, so the person
// is told.
#ifndef UI_COMMAND_TICKS_H
#define UI_COMMAND_TICKS_H

#include "scenarios/world/world.h"

// What is known of one guest. All zero: nothing is known yet.
struct tick_watch {
    u64 since[HARTS_MAX]; // the VCPU's time when it was first seen in this handler; 0: in none
    bool told;
};

// Looks at the guest's VCPUs. To be called now and then while the guest runs. If one of them has
// been in its timer handler far too long, returns for how many cycles, and 0 ever after. Otherwise
// returns 0.
u64 tick_watch_look(struct tick_watch *w, const struct world *world, u32 guest);

#endif
