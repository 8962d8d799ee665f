// The past of a run: snapshots of a scenario in the order of time, within a budget of memory. A
// snapshot shares with the one before it the pages that have not changed between them
// (sim/state/pages.h), so each snapshot is charged only for the pages that it does not share.
// When the budget is used up, snapshots are dropped. Most of them are dropped from the distant
// past. So the snapshots that stay are closer together the more recent they are, and the way to
// any moment is short compared with its age.
//
//     start  |                |        |    |   |  |  | | | |||  now
// Read next: scenarios/script/past.c.
#ifndef SCENARIOS_SCRIPT_PAST_H
#define SCENARIOS_SCRIPT_PAST_H

#include "scenarios/script/scenario.h"

#define PAST_BUDGET (256u << 20) // bytes, unless somebody wants another budget

struct past_moment {
    u64 steps;   // scenario_steps
    u32 resumes; // scenario_resumes: orders two moments that have the same steps
    struct scenario_snapshot *snapshot;
    void *extra;  // what the driver keeps with it
    size_t bytes; // the memory of this moment, with `extra`
};

struct past {
    struct past_moment *moment; // oldest first
    u32 count;
    size_t room; // of `moment`
    size_t bytes, budget;
    // extra_bytes returns the memory that `extra` needs beyond what it shares with the `extra`
    // of the moment before (NULL: there is none). extra_free frees it.
    size_t (*extra_bytes)(const void *extra, const void *before);
    void (*extra_free)(void *extra);
};

// A past in which only the budget and the two functions are set is empty.

// Puts a moment in its place in the order of time: after going back, there may be later moments.
// From now on the past owns the snapshot and the `extra`. Returns false if there is no memory;
// the caller then still owns them.
bool past_add(struct past *p, const struct past_moment *m);
// Returns how many moments are not later than this.
u32 past_until(const struct past *p, u64 steps, u32 resumes);
// Forgets all but the first `count` moments.
void past_cut(struct past *p, u32 count);
void past_free(struct past *p);

#endif
