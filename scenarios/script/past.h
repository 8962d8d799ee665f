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
    u64 steps;   // scenario_steps
    u32 resumes; // scenario_resumes: of two moments with the same steps, this tells the later one
    struct scenario_snapshot *snapshot;
    void *extra;  // what the driver keeps with it
    size_t bytes; // that it takes, with what `extra` takes
};

struct past {
    struct past_moment *moment; // oldest first
    u32 count;
    size_t room; // of `moment`
    size_t bytes, budget;
    // What `extra` takes beyond what it shares with that of the moment before (NULL: none), and how
    // it is freed.
    size_t (*extra_bytes)(const void *extra, const void *before);
    void (*extra_free)(void *extra);
};

// A past with only a budget and the two functions is empty.

// Keeps a moment in its place in the order of time: after going back, later moments may be there.
// The past owns its snapshot and its `extra` from now on. False: there is no memory, and the caller
// owns them.
bool past_add(struct past *p, const struct past_moment *m);
// How many moments are not later than this.
u32 past_until(const struct past *p, u64 steps, u32 resumes);
// Forgets all but the first `count` moments.
void past_cut(struct past *p, u32 count);
void past_free(struct past *p);

#endif
