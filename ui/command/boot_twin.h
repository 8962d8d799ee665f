// trapeze boot --twin: boots a guest under a VMM with its twin beside it.
#ifndef UI_COMMAND_BOOT_TWIN_H
#define UI_COMMAND_BOOT_TWIN_H

#include "scenarios/world/world.h"

// Boots the plan's guest `guest`, and a bare machine beside it. Its console goes to standard
// output, and what the twin found to standard error. limit: steps; 0: no limit. Returns the exit
// status.
int boot_twin(const struct world_plan *plan, u32 guest, u64 limit);

#endif
