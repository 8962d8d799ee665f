// Driving a scenario for the dashboard: run, pause, step, to the next trap, over a trap, and back.
// It owns the scenario, the log that listens to its machine, and the past. Nothing here draws. Read
// next: ui/dashboard/past.h, ui/dashboard/drive.c.
#ifndef UI_DASHBOARD_DRIVE_H
#define UI_DASHBOARD_DRIVE_H

#include "scenarios/script/scenario.h"
#include "ui/dashboard/past.h"
#include "ui/dashboard/traplog.h"

enum drive_goal {
    GOAL_NONE, // paused
    GOAL_RUN,  // until paused
    GOAL_TRAP, // until a trap is logged
    GOAL_OVER, // until the VCPU is back in the mode it was in
    GOAL_BACK, // until the moment of the past that is wanted comes again (ui/dashboard/past.h)
};

#define SAID_SIZE 128

struct drive {
    char *path;
    struct scenario_options options;
    struct scenario *sc;
    struct traplog *log;
    struct machine *machine; // the one listened to
    enum drive_goal goal;
    enum drive_goal listening; // the goal that the listener stops the machine for
    u32 speed;                 // index into drive_speeds
    u64 paced_from, paced;     // host time when the pace was last set, and the steps run since
    struct {
        struct vm_path path;
        u32 vcpu;
        u8 mode;
    } over;
    struct past past;
    char said[SAID_SIZE]; // the last line that the script printed
};

struct drive_speed {
    const char *name;
    u64 steps; // a second; 0: as fast as can be
};
extern const struct drive_speed drive_speeds[]; // closed by a null name
extern const u32 drive_speed_default;

// Opens the scenario. False and a message, with the kind of failure, if that fails.
bool drive_open(struct drive *d, const char *path, u64 seed, u64 limit, enum status *why,
                char *error, size_t error_size);
void drive_close(struct drive *d);

void drive_go(struct drive *d, enum drive_goal goal); // sets the goal; drive_slice works on it
void drive_set_speed(struct drive *d, u32 speed);

// Works on the goal for at most about so many milliseconds of host time. Returns how many
// milliseconds there is nothing to do afterwards (a slow pace), 0 if there is more to do at once,
// -1 if there is no goal any more.
int drive_slice(struct drive *d, int milliseconds);

void drive_step(struct drive *d); // one machine step

// Back by one step, or to the moment behind the trap before. Returns NULL, or why that cannot be.
// What is left to do after a frame's time is GOAL_BACK, for drive_slice.
const char *drive_back(struct drive *d);
const char *drive_back_to_trap(struct drive *d);

// A person types to the console of this guest of the world. It will be typed again at the same
// moment when the run goes back and comes there again.
void drive_type(struct drive *d, u32 guest, const char *bytes, size_t count);

u64 host_milliseconds(void); // of a clock that only goes forward

#endif
