// trapeze boot --twin boots a guest under a VMM, and the same guest on a bare machine, its twin.
#ifndef UI_COMMAND_BOOT_TWIN_H
#define UI_COMMAND_BOOT_TWIN_H

#include "scenarios/world/world.h"

// Boots the plan's guest number `guest`, and its twin beside it. The guest's console goes to
// standard output. The differences that the twin found go to standard error. `limit` is the most
// steps that the run may take; 0 means no limit. Returns the exit status.
int boot_twin(const struct world_plan *plan, u32 guest, u64 limit);

#endif
