// The way back. A run is deterministic, so any moment of it can be had again: from a snapshot
// before it, or, where the script has gone on since (a script cannot be copied), by playing the
// whole scenario anew. What a person typed is remembered with its moment and typed again.
//
//      start ......... snapshot ....... snapshot ....... now
//                          |----again---->|
//                                   wanted
#ifndef UI_DASHBOARD_PAST_H
#define UI_DASHBOARD_PAST_H

#include "scenarios/script/scenario.h"
#include "ui/dashboard/traplog.h"

#define MOMENTS_MAX 24

struct drive;
struct moment; // a snapshot

struct typed {
    u32 generation; // of the world
    u64 steps;
    u32 guest; // of the world
    u8 count;
    char bytes[4];
};

struct past {
    struct moment *moment[MOMENTS_MAX]; // oldest first
    u32 moments;
    u64 newest;          // host time of the newest one
    struct typed *typed; // in the order of time
    u32 typed_count, typed_room;
    u32 typed_next; // the first that is still to be typed again
    struct { // the moment that GOAL_BACK wants: in this world, after so many steps; or, if `trap`
             // is not 0, right behind that trap
        u32 generation;
        u64 steps, trap;
        u64 near; // about how many steps that is: a snapshot shortly before makes the next way back
                  // a short one
    } wanted;
};

void past_free(struct past *p);
// Takes a snapshot, unless there is one so near that running on from it takes no time.
void past_remember(struct drive *d);
// The world was replaced: snapshots of the old one are of no use.
void past_forget_moments(struct past *p);
// A person types: what was typed later than this moment, before the run went back to it, will not
// happen any more.
void past_type(struct drive *d, u32 guest, const char *bytes, size_t count);
// scenario_advance, by at most so many steps, with what was typed typed again at its moment: behind
// a way back lies the same future.
enum scenario_status past_advance(struct drive *d, u64 steps);

// Sets out for past.wanted: from the best snapshot, or from the start. False: the scenario cannot
// be opened again as it was.
bool past_set_out(struct drive *d);
// Goes on towards past.wanted by at most about so many steps. False: it is there (or, a changed
// world, cannot get there).
bool past_go_on(struct drive *d, u64 steps);

#endif
