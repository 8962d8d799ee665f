// Driving a scenario for the dashboard: run, pause, step, go to the next trap, over a trap, and
// back. A drive has a goal and a pace; the scenario, its log and the way back are in
// ui/dashboard/playback.h. Nothing here draws.
// Read next: ui/dashboard/travel.c.
#ifndef UI_DASHBOARD_DRIVE_H
#define UI_DASHBOARD_DRIVE_H

#include "ui/dashboard/lookout.h"

enum drive_goal {
    GOAL_NONE, // paused
    GOAL_RUN,  // until paused
    GOAL_TRAP, // until a trap is logged
    GOAL_OVER, // until the VCPU is back in the mode it was in
    GOAL_BACK, // until the moment of the past that is wanted comes again
    GOALS
};

struct drive {
    struct playback play;
    enum drive_goal goal;
    // Called on the way back by one step, when the run is one step before the wanted moment: what
    // that step changed can then be marked. May be NULL.
    void (*one_before)(void *context);
    void *context;
    bool has_one_before; // one_before is still to be called on this way
    bool is_lesson;      // the script has said so
    bool pass_marks;     // run on at a mark of a scenario that is no lesson
    struct stops stops;
    struct lookout lookout;
    int hit;               // the breakpoint that stopped the run last; -1: none did
    u64 hit_at;            // the moment just before its effect; the run goes back to it
    u64 looks_from;        // no moment before this one is a hit: the run has passed it
    u64 stopped_row;       // the trap at which `t` stopped last: it does not stop there twice
    u32 speed;             // index into drive_speeds
    u64 paced_from, paced; // host time when the pace was last set, and the steps run since
    struct {
        struct vm_path path;
        u32 vcpu;
        u8 mode;
    } over; // of GOAL_OVER: the VCPU and the mode that it was in
};

struct drive_speed {
    const char *name;
    u64 steps; // a second; 0: as fast as can be, unless `traps` says how fast
    u64 traps; // a second; 0: the pace is not in traps
};
extern const struct drive_speed drive_speeds[]; // closed by a null name
extern const u32 drive_speed_default;
extern const u32 drive_speed_fastest;

// Opens the scenario, paused. Of the options, `script`, `seed`, `limit` and `engine` count; the
// script must live as long as the drive. False and a message, with the kind of failure, if that
// fails.
bool drive_open(struct drive *d, const char *path, const struct scenario_options *options,
                enum status *why, char *error, size_t error_size);
void drive_close(struct drive *d);

void drive_go(struct drive *d, enum drive_goal goal); // sets the goal; drive_slice works on it
void drive_set_speed(struct drive *d, u32 speed);

// The list of breakpoints has changed.
void drive_look_out(struct drive *d);

// Works on the goal for at most about so many milliseconds of host time. Returns for how many
// milliseconds there is nothing to do afterwards (a slow pace), 0 if there is more to do at once,
// -1 if there is no goal any more.
int drive_slice(struct drive *d, int milliseconds);

void drive_step(struct drive *d); // one machine step

// Back by one step, to the moment before the last trap, or to the last stop of the script.
// Returns NULL, or why that cannot be. If the way is long, the goal is GOAL_BACK afterwards, and
// drive_slice does the rest.
const char *drive_back(struct drive *d);
const char *drive_back_to_trap(struct drive *d);
const char *drive_back_to_stop(struct drive *d);
// To the moment just after this trap of the log, or to the moment after so many steps of all worlds
// together. The latter may lie in the future.
const char *drive_to_trap(struct drive *d, u64 trap);
// To the moment when everything was done about this trap (ui/dashboard/route.h).
const char *drive_to_story(struct drive *d, u64 trap);
const char *drive_to_steps(struct drive *d, u64 steps);
// To the last moment of this world at which its machine's time (machine_cycles, which is the time
// of the timeline) is not later than this cycle. It may lie in the future. If the time of this
// machine ends before, it is the last moment, and play.wanted.unmet is true.
const char *drive_to_cycle(struct drive *d, u64 cycle);
const char *drive_to_bookmark(struct drive *d, const struct bookmark *b);

#endif
