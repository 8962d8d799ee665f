// Going back in a run. Snapshots are taken as the run goes; any moment between two of them is had
// again by running on from the first, since the machine is deterministic. A moment is a number of
// machine steps.
//
//      0 ......... snapshot ....... snapshot ....... now
//                       |--run again-->|
//                                   wanted
// Read next: ui/gdb/session.h.
#ifndef UI_GDB_PAST_H
#define UI_GDB_PAST_H

#include "sim/machine.h"

#define PAST_MOST 64       // snapshots that are kept; the older ones lie farther apart
#define PAST_FORKS 256     // moments at which the run was changed, at most
#define PAST_EVERY 200000u // machine steps between two snapshots, at least

struct past {
    struct machine *machine;
    struct {
        u64 steps;
        struct snapshot *snapshot;
    } moment[PAST_MOST]; // in the order of time; the first is where the run began
    u32 moments;
    // Where the run was changed by hand: its state right after that. A run that comes to this
    // number of steps goes on from there.
    struct {
        u64 steps;
        struct snapshot *snapshot;
    } fork[PAST_FORKS]; // in the order of time
    u32 forks;
    u64 furthest; // how far the run ever was: events before it were heard already
};

// Begins at the machine's present moment. False: out of memory.
bool past_begin(struct past *p, struct machine *m);
void past_end(struct past *p);

// Runs on by at most so many steps, and takes snapshots on the way. What was heard before is mute.
enum stop past_run(struct past *p, u64 steps);
// Can the run be changed at this moment, too? If not, there are PAST_FORKS changed moments before
// it.
bool past_can_fork(const struct past *p);
// The machine was changed by hand: what came after this moment is forgotten, and this moment stays
// as it is now. False: out of memory.
bool past_fork(struct past *p);
// Makes the machine what it was at this moment, not before the first one.
void past_go(struct past *p, u64 steps);
// The latest snapshot before this moment, as a moment; the first one if there is none before it.
u64 past_before(const struct past *p, u64 steps);

#endif
