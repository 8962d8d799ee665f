// Recordings of scenarios, as the commands run and replay share them.
#ifndef UI_COMMAND_REPLAY_H
#define UI_COMMAND_REPLAY_H

#include "scenarios/script/scenario.h"

// An empty recording of a run of this scenario. NULL: the scenario cannot be read, or there is no
// memory.
struct recording *recording_of_run(const char *path, u64 seed, u64 limit, bool interactive);

// Runs a scenario that was opened with this recording: to its end, to where the person left the
// run, or to the first difference.
enum scenario_status replay_run(struct recording *r, struct scenario *sc);

#endif
