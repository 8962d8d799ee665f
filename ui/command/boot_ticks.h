// Noticing that the ticks of a guest are too short for where it runs. By the wall clock a guest's
// handler for the timer takes the time of the VMMs above it, too. The VMM sees to it that the guest
// gets on between two ticks (hypervisor/tick.h). But a kernel that catches up in its handler with
// each tick that it missed, as Linux does until its clocks are set up, never leaves the handler if
// one tick takes longer than the time to the next. Nobody can mend that from outside, so the person
// is told.
#ifndef UI_COMMAND_BOOT_TICKS_H
#define UI_COMMAND_BOOT_TICKS_H

#include "scenarios/world/world.h"

struct tick_watch {
    u64 since[HARTS_MAX]; // the VCPU's time when it was first seen in this handler; 0: in none
    bool told;
};

// Looks at the guest's VCPUs, and says it once on standard error if one of them has been in its
// timer handler far too long. To be called now and then while the guest runs.
void tick_watch_look(struct tick_watch *w, const struct world *world, u32 guest);

#endif
