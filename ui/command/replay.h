// Recordings of scenarios, as the commands run and replay share them.
#ifndef UI_COMMAND_REPLAY_H
#define UI_COMMAND_REPLAY_H

#include "scenarios/world/recording.h"

// An empty recording of a run of this scenario. NULL: the scenario cannot be read, or there is no
// memory.
struct recording *recording_of_run(const char *path, u64 seed, u64 limit, bool interactive);

#endif
