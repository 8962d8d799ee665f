// Going back in a run. Snapshots are taken while the run goes on. To come to a moment between
// two snapshots, the run starts again from the first of the two, because the machine is
// deterministic. A moment is a number of machine steps.
//
//      0 ......... snapshot ....... snapshot ....... now
//                       |--run again-->|
//                                   wanted
// Read next: ui/gdb/session.h.
#ifndef UI_GDB_PAST_H
#define UI_GDB_PAST_H

#include "sim/machine.h"

#define PAST_MOST 64       // snapshots that are kept; the older ones lie further apart
#define PAST_FORKS 256     // the most moments at which the run can be changed
#define PAST_EVERY 200000u // the fewest machine steps between two snapshots

struct past {
    struct machine *machine;
    struct {
        u64 steps;
        struct snapshot *snapshot;
    } moment[PAST_MOST]; // in the order of time; the first is where the run began
    u32 moments;
    // The moments at which the run was changed by hand, with the state just after each change. A
    // run that comes to this number of steps goes on from that state.
    struct {
        u64 steps;
        struct snapshot *snapshot;
    } fork[PAST_FORKS]; // in the order of time
    u32 forks;
    u64 furthest; // the furthest moment that the run ever came to: earlier events were heard
                  // already
};

// Begins at the machine's present moment. Returns false if there is no memory.
bool past_begin(struct past *p, struct machine *m);
void past_end(struct past *p);

// Goes on by at most this number of steps, and takes snapshots on the way. Events that were
// heard before are not sent again.
enum stop past_run(struct past *p, u64 steps);
// Returns true if the run can be changed at this moment, too. If not, there are PAST_FORKS
// changed moments before it.
bool past_can_fork(const struct past *p);
// To be called after the machine was changed by hand: the moments after this one are forgotten,
// and this moment keeps its changed state. Returns false if there is no memory.
bool past_fork(struct past *p);
// Makes the machine what it was at this moment. A moment before the first one gives the first
// one.
void past_go(struct past *p, u64 steps);
// Returns the moment of the latest snapshot before this moment, or of the first snapshot if
// there is no earlier one.
u64 past_before(const struct past *p, u64 steps);

#endif
