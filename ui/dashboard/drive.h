// A drive moves a scenario for the dashboard: it runs, pauses and steps, it goes to the next
// trap, over a trap, and back. A drive has a goal and a pace. The scenario, its log and the way
// back are in ui/dashboard/playback.h. Nothing here draws.
// Read next: ui/dashboard/travel.c.
#ifndef UI_DASHBOARD_DRIVE_H
#define UI_DASHBOARD_DRIVE_H

#include "ui/dashboard/lookout.h"

enum drive_goal {
    GOAL_NONE, // paused
    GOAL_RUN,  // run until the person pauses
    GOAL_TRAP, // run until a trap is logged
    GOAL_OVER, // run until the VCPU is back in the mode that it was in
    GOAL_BACK, // run until the wanted moment of the past comes again
    GOALS
};

struct drive {
    struct playback play;
    enum drive_goal goal;
    // On the way back by one step, this function is called when the run is one step before the
    // wanted moment. What that step changes can then be marked. May be NULL.
    void (*one_before)(void *context);
    void *context;
    bool has_one_before; // one_before is not called yet on this way
    bool is_lesson;      // the script has said that it is a lesson
    bool pass_marks;     // the run does not stop at a mark of a scenario that is no lesson
    struct stops stops;
    struct lookout lookout;
    int hit;    // the breakpoint that stopped the run last; -1: no breakpoint did
    u64 hit_at; // the moment just before the effect of that hit; the run goes back to this moment
    u64 looks_from;  // a moment before this one is no hit, because the run has passed it
    u64 stopped_row; // the trap at which `t` stopped last; `t` does not stop twice at one trap
    u32 speed;       // index into drive_speeds
    u64 paced_from,
        paced; // host time when the pace was set last, and the steps that were run since
    struct {
        struct vm_path path;
        u32 vcpu;
        u8 mode;
    } over; // of GOAL_OVER: the VCPU and the mode that it was in
};

struct drive_speed {
    const char *name;
    u64 steps; // steps a second; 0: as fast as possible, unless `traps` gives a pace
    u64 traps; // traps a second; 0: the pace is not in traps
};
extern const struct drive_speed drive_speeds[]; // closed by a null name
extern const u32 drive_speed_default;
extern const u32 drive_speed_fastest;

// Opens the scenario, paused. Of the options, only `script`, `seed`, `limit` and `engine` count.
// The script must live as long as the drive. If the scenario cannot be opened, returns false,
// with the kind of failure in *why and a message in `error`.
bool drive_open(struct drive *d, const char *path, const struct scenario_options *options,
                enum status *why, char *error, size_t error_size);
void drive_close(struct drive *d);

void drive_go(struct drive *d, enum drive_goal goal); // sets the goal for drive_slice
void drive_set_speed(struct drive *d, u32 speed);

// To be called whenever the list of breakpoints has changed.
void drive_look_out(struct drive *d);

// Works on the goal for about this number of milliseconds of host time, and not much longer.
// Returns for how many milliseconds the drive has nothing to do afterwards (a slow pace); 0 if
// there is more to do at once; -1 if there is no goal any more.
int drive_slice(struct drive *d, int milliseconds);

void drive_step(struct drive *d); // makes one machine step

// Begins the way to play.wanted from the present moment: the goal is GOAL_BACK, and drive_slice
// goes the way.
void drive_begin_way(struct drive *d);
// The same from the snapshot from which the way is shortest. Returns false if there is no way.
bool drive_set_out(struct drive *d);

// These go back: by one step, to the moment before the last trap, or to the last stop of the
// script. They return NULL, or the reason why they cannot go back. If the way is long, the goal
// is GOAL_BACK afterwards, and drive_slice goes the rest of the way.
const char *drive_back(struct drive *d);
const char *drive_back_to_trap(struct drive *d);
const char *drive_back_to_stop(struct drive *d);
// These go to a moment, and return as drive_back does: to the moment just after this trap of the
// log; to the moment after this number of steps of all worlds together, which may lie in the
// future; to the moment of a bookmark.
const char *drive_to_trap(struct drive *d, u64 trap);
// To the moment when everything was done about this trap (ui/dashboard/route.h).
const char *drive_to_story(struct drive *d, u64 trap);
const char *drive_to_steps(struct drive *d, u64 steps);
// Goes to the last moment of this world at which its machine's time (machine_cycles, which is
// the time of the timeline) is not later than this cycle. This moment may lie in the future. If
// the time of this machine ends before the cycle, the moment is the last one, and
// play.wanted.unmet is true.
const char *drive_to_cycle(struct drive *d, u64 cycle);
const char *drive_to_bookmark(struct drive *d, const struct bookmark *b);

#endif
