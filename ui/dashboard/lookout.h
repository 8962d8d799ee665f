// Looking out for breakpoints while a scenario runs. The machine tells what it was asked to watch
// (sim/watch.h), and the log tells the traps. A lookout finds out which breakpoint that is, and
// which moment lies just before the effect:
//
//     an instruction that is watched    now: it is told before it is executed
//     a store or an access              the step under way: the moment before it
//     a trap or another event           the step that trapped: the moment before it
//
// Who owns the lookout decides what happens at a hit.
// Read next: ui/dashboard/findings.h.
#ifndef UI_DASHBOARD_LOOKOUT_H
#define UI_DASHBOARD_LOOKOUT_H

#include "ui/dashboard/playback.h"
#include "ui/dashboard/stops.h"

struct lookout {
    struct playback *play;
    struct stops *stops;
    // A breakpoint is hit. `steps` is the moment just before the effect, in steps of all worlds.
    // Returns true if the run is to stop.
    bool (*hit)(void *context, u32 breakpoint, u64 steps);
    void *context;

    u64 row_done; // the last row of the log that was looked at
    // The VCPU and its registers at the last instruction that was hit. An instruction that faults
    // and is tried again changes none of them, and is no second hit.
    struct {
        struct vm_path path;
        u32 vcpu, pc, x[32];
    } last;
    bool page_touched;           // a native VMM may have written bytes that are watched,
    u64 touched_at;              // in the trap after this moment
    char error[PREDICATE_ERROR]; // of a condition in Lua; ""
};

// Lets the playback's machines watch for the breakpoints as they are now. To be called whenever
// the list has changed.
void lookout_begin(struct lookout *l);
// The run has come to another moment, at which so many rows of the log were looked at before. If
// the newest one is an instruction that is about to be tried again, it is no second hit.
void lookout_resume(struct lookout *l, u64 rows_done);
// For playback.stops_at, with the lookout as context: a trap may be a hit.
bool lookout_event(void *lookout, const struct event *e);
// After playback_advance: has a VMM written bytes that are watched? Returns true if that is a hit
// at which the run is to stop.
bool lookout_after(struct lookout *l);

#endif
