// Recordings of scenarios, for the commands run and replay.
#ifndef UI_COMMAND_REPLAY_H
#define UI_COMMAND_REPLAY_H

#include "scenarios/script/scenario.h"

// Returns an empty recording of a run of this scenario. Returns NULL if the scenario cannot be
// read, or if there is no memory.
struct recording *recording_of_run(const char *path, u64 seed, u64 limit, bool interactive);

// Runs a scenario that was opened with this recording. The run ends with the scenario, at the
// moment where the person left the recorded run, or at the first difference.
enum scenario_status replay_run(struct recording *r, struct scenario *sc);

#endif
