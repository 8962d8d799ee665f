// The past of a run: snapshots of a scenario in the order of time, within a budget of memory.
// Snapshots share the pages that did not change between them (sim/state/pages.h), so each one is
// charged what it does not share with the one before. Once the budget is used up, snapshots go: of
// the distant past first, so that those that stay stand the closer together the more recent they
// are, and the way to any moment stays short in relation to its age.
//
//     start  |                |        |    |   |  |  | | | |||  now
// Read next: scenarios/script/past.c.
#ifndef SCENARIOS_SCRIPT_PAST_H
#define SCENARIOS_SCRIPT_PAST_H

#include "scenarios/script/scenario.h"

#define PAST_BUDGET (256u << 20) // bytes, unless somebody wants another budget

struct past_moment {
    u64 steps; // scenario_steps
    struct scenario_snapshot *snapshot;
    void *extra;  // what the driver keeps with it, malloc'ed
    size_t bytes; // that it takes, with what `extra` takes
};

struct past {
    struct past_moment *moment; // oldest first
    u32 count;
    size_t room; // of `moment`
    size_t bytes, budget;
};

// {.budget = PAST_BUDGET} is an empty past.

// Takes a snapshot of the scenario as it is now, and keeps `extra` (of extra_bytes, malloc'ed) with
// it. False: there is no machine or no memory; `extra` is freed then.
bool past_add(struct past *p, struct scenario *sc, void *extra, size_t extra_bytes);
// Forgets all but the first `count` moments.
void past_cut(struct past *p, u32 count);
void past_free(struct past *p);

#endif
