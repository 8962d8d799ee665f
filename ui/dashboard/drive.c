// Goals and pace. Read ui/dashboard/drive.h first.
#include "ui/dashboard/drive.h"
#include "ui/terminal/text.h"
#include "ui/terminal/clock.h"

#include <string.h>

#define CHUNK_MOST 2000000 // steps at most before the clock is read again
#define CHUNK_TIME 2       // milliseconds that a chunk should take

// A lecture's pace is traps a second. Where instructions are watched, it is steps a second.
const struct drive_speed drive_speeds[] = {
    {"1 trap/s", 0, 1},         {"4 traps/s", 0, 4},       {"16 traps/s", 0, 16},
    {"4 steps/s", 4, 0},        {"16 steps/s", 16, 0},     {"64 steps/s", 64, 0},
    {"256 steps/s", 256, 0},    {"1k steps/s", 1000, 0},   {"4k steps/s", 4000, 0},
    {"16k steps/s", 16000, 0},  {"64k steps/s", 64000, 0}, {"256k steps/s", 256000, 0},
    {"1M steps/s", 1000000, 0}, {"full speed", 0, 0},      {NULL, 0, 0},
};
const u32 drive_speed_default = 10;
const u32 drive_speed_fastest = 13;

// ---- where to stop: asked at every event

static bool is_trap(const struct event *e)
{
    return e->note.kind == EVENT_TRAP || e->note.kind == EVENT_EXIT || e->note.kind == EVENT_INJECT;
}

// Returns the row that this event has completed: its outcome is known, so its class is known,
// too. Returns NULL if there is none, or if the run has stopped at this row before.
static const struct trap_row *finished_row(const struct drive *d)
{
    const struct trap_row *row = traplog_row(d->play.log, d->play.log->traps);
    bool open = row && trap_row_is_open(row);
    return row && !open && row->number != d->stopped_row ? row : NULL;
}

static u32 profile_of(const struct drive *d)
{
    return machine_config(d->play.machine)->profile;
}

static bool at_trap(void *context, const struct event *e)
{
    struct drive *d = context;
    if (!d->stops.trap_filter[0])
        return is_trap(e);
    const struct trap_row *row = finished_row(d);
    if (!row || !filter_takes(d->stops.trap_filter, row, profile_of(d)))
        return false;
    d->stopped_row = row->number;
    return true;
}

static bool at_breakpoint(void *context, const struct event *e)
{
    struct drive *d = context;
    return lookout_event(&d->lookout, e);
}

// At a slow pace in traps a second, the run stops at any trap.
static bool at_any_trap(void *context, const struct event *e)
{
    return is_trap(e) || at_breakpoint(context, e);
}

static bool at_every_event(void *context, const struct event *e)
{
    (void)context;
    (void)e;
    return true;
}

// To be called when a breakpoint is hit. The run stops. If the effect has happened already, the
// run goes back.
static bool on_hit(void *context, u32 breakpoint, u64 steps)
{
    struct drive *d = context;
    if (d->goal != GOAL_RUN || d->hit >= 0 || steps < d->looks_from)
        return false;
    d->hit = (int)breakpoint;
    d->hit_at = steps;
    d->stops.breakpoint[breakpoint].hits++;
    return true;
}

void drive_look_out(struct drive *d)
{
    d->lookout.play = &d->play;
    d->lookout.stops = &d->stops;
    d->lookout.hit = on_hit;
    d->lookout.context = d;
    d->lookout.error[0] = 0;
    lookout_begin(&d->lookout);
}

bool drive_open(struct drive *d, const char *path, const struct scenario_options *options,
                enum status *why, char *error, size_t error_size)
{
    *d = (struct drive){.speed = drive_speed_default, .hit = -1};
    drive_look_out(d);
    struct scenario_options interactive = *options;
    interactive.interactive = true;
    return playback_open(&d->play, path, &interactive, why, error, error_size);
}

// Keeps in the recording what a person did without an event of the machine.
static void keep_in_recording(const struct drive *d, struct recording *r)
{
    struct recorded_mark marks[BOOKMARKS_MAX];
    for (u32 i = 0; i < d->stops.bookmarks; i++) {
        const struct bookmark *b = &d->stops.bookmark[i];
        marks[i] =
            (struct recorded_mark){.generation = b->generation, .steps = b->steps, .stop = b->stop};
        text_harmless(b->name, strlen(b->name), marks[i].name, sizeof marks[i].name);
    }
    recording_keep_marks(r, marks, d->stops.bookmarks);
    recording_keep_answers(r, d->play.answers, d->play.answer_count);
}

void drive_close(struct drive *d)
{
    if (d->play.options.recording)
        keep_in_recording(d, d->play.options.recording);
    stops_free(&d->stops);
    playback_close(&d->play);
}

// ---- forward

void drive_step(struct drive *d)
{
    playback_remember(&d->play);
    d->play.stops_at = NULL;
    d->goal = GOAL_NONE;
    if (!playback_is_over(&d->play))
        playback_advance(&d->play, 1);
}

// Finds the VCPU that the first busy hart runs. Returns false if no hart is busy.
static bool vcpu_on_hart(struct drive *d, struct vm_path *path, u32 *vcpu,
                         struct observed_vcpu *seen)
{
    for (u32 hart = 0; d->play.machine && hart < machine_config(d->play.machine)->harts; hart++) {
        observe_hart(d->play.machine, hart, path, vcpu);
        if ((vm_path_length(path) || !machine_has_monitor(d->play.machine)) &&
            observe_vcpu(d->play.machine, path, *vcpu, seen))
            return true;
    }
    return false;
}

// Makes one step. If the VCPU on the hart trapped, the goal is then that it comes back.
static void begin_over(struct drive *d)
{
    struct observed_vcpu seen;
    u64 traps = d->play.log->traps;
    bool known = vcpu_on_hart(d, &d->over.path, &d->over.vcpu, &seen);
    drive_step(d);
    if (!known || d->play.log->traps == traps)
        return;
    d->over.mode = seen.state.mode;
    d->goal = GOAL_OVER;
}

static bool over_is_reached(struct drive *d)
{
    struct observed_vcpu seen;
    if (!observe_vcpu(d->play.machine, &d->over.path, d->over.vcpu, &seen))
        return true;
    return seen.on_hart && seen.state.run == HART_RUNNING && seen.state.mode == d->over.mode;
}

void drive_begin_way(struct drive *d)
{
    d->play.stops_at = NULL;
    playback_watch(&d->play, &(struct watch){0}); // on the way no breakpoint counts
    d->goal = GOAL_BACK;
}

bool drive_set_out(struct drive *d)
{
    drive_begin_way(d);
    if (playback_set_out(&d->play))
        return true;
    d->goal = GOAL_NONE;
    lookout_begin(&d->lookout);
    return false;
}

void drive_go(struct drive *d, enum drive_goal goal)
{
    lookout_begin(&d->lookout); // a way back that is given up was not watched
    if (playback_is_over(&d->play))
        goal = GOAL_NONE;
    if (goal != GOAL_NONE)
        playback_remember(&d->play);
    if (goal == GOAL_OVER) {
        begin_over(d);
        return;
    }
    d->goal = goal;
    // If the run stands at a breakpoint, going on must pass that breakpoint.
    d->looks_from = d->play.machine ? scenario_steps(d->play.sc) + 1 : 0;
    drive_set_speed(d, d->speed);
}

void drive_set_speed(struct drive *d, u32 speed)
{
    d->speed = speed;
    d->paced_from = host_milliseconds();
    d->paced = 0;
}

// To be called when the way back has come to one step before the wanted moment. Returns false if
// the run is there.
static bool take_last_step_back(struct drive *d)
{
    if (!d->has_one_before)
        return false;
    d->has_one_before = false;
    if (d->one_before)
        d->one_before(d->context);
    d->play.wanted.steps++;
    return true;
}

// A script may declare a world and declare another one before the first is built. No moment lies in
// such a world, so the run has come to a later world than the wanted one: the wanted moment is in
// the world before. Returns false if this is not so, or if the run cannot go there.
static bool try_world_before(struct drive *d)
{
    struct wanted_moment *w = &d->play.wanted;
    bool beyond = w->kind == WANT_STEPS && !w->any_world && d->play.machine &&
                  scenario_generation(d->play.sc) > w->generation;
    if (!beyond || !w->generation)
        return false;
    w->generation--;
    return playback_set_out(&d->play);
}

// Goes on to the wanted moment by about this number of steps. Returns false if the run is there, or
// cannot get there.
static bool go_on_back(struct drive *d, u64 steps)
{
    if (playback_go_on(&d->play, steps) || try_world_before(d) || take_last_step_back(d))
        return true;
    lookout_begin(&d->lookout);
    return false;
}

static bool (*stop_of(const struct drive *d))(void *context, const struct event *e)
{
    if (d->goal == GOAL_TRAP)
        return at_trap;
    if (d->goal == GOAL_OVER)
        return at_every_event;
    if (d->goal != GOAL_RUN)
        return NULL;
    if (drive_speeds[d->speed].traps)
        return at_any_trap;
    return d->stops.breakpoints ? at_breakpoint : NULL;
}

// Returns true if the run may go on by itself after an advance that ended with this status.
static bool goes_on(const struct drive *d, enum scenario_status status)
{
    bool at_mark = status == SCENARIO_STOPPED && !scenario_lesson(d->play.sc) && d->pass_marks;
    return at_mark || (status == SCENARIO_WAITING && d->goal == GOAL_RUN);
}

// To be called when the run has stopped at a breakpoint, but the effect or another part of the
// coming step has happened already: goes back to the moment before it. Returns false if the run
// is there.
static bool go_before_effect(struct drive *d)
{
    const struct machine *m = d->play.machine;
    if (!m || (scenario_steps(d->play.sc) <= d->hit_at && !machine_in_step(m)))
        return false;
    d->play.wanted = (struct wanted_moment){.kind = WANT_STEPS,
                                            .generation = scenario_generation(d->play.sc),
                                            .steps = d->hit_at,
                                            .near = d->hit_at};
    d->has_one_before = false;
    return drive_set_out(d);
}

// The VMM may cause a trap before a step, for example when it injects an interrupt. The run then
// goes on to the end of that step, because there is only one moment for each number of steps.
static enum scenario_status finish_step(struct drive *d, enum scenario_status status)
{
    struct playback *p = &d->play;
    if (!p->stopped || status != SCENARIO_RUNNING || !machine_in_step(p->machine))
        return status;
    p->stops_at = NULL;
    status = playback_advance(p, 1);
    p->stopped = true;
    return status;
}

// Runs a chunk towards the goal. Returns false if the goal is met, or if nothing more can happen.
static bool run_chunk(struct drive *d, u64 steps)
{
    if (d->goal == GOAL_BACK)
        return go_on_back(d, steps);
    if (goes_on(d, scenario_state(d->play.sc)))
        playback_answer(&d->play, -1);
    bool bare = d->play.machine && !machine_descriptor(d->play.machine, &(struct vm_path){0});
    d->play.stops_at = stop_of(d);
    d->play.stops_context = d;
    d->hit = -1;
    // A bare machine sends no event when the kernel returns to its program, so GOAL_OVER has to
    // look after every step. Under a VMM the return is an exit, and the machine stops there.
    if (d->goal == GOAL_OVER && bare)
        steps = 1;
    enum scenario_status status = playback_advance(&d->play, steps);
    if (lookout_after(&d->lookout) || d->hit >= 0)
        return go_before_effect(d);
    if (d->lookout.error[0])
        return false;
    status = finish_step(d, status);
    if (status != SCENARIO_RUNNING || !d->play.machine)
        return goes_on(d, status);
    if (d->goal == GOAL_TRAP)
        return !d->play.stopped;
    return d->goal != GOAL_OVER || !over_is_reached(d);
}

// Returns the pace, in steps or traps a second; 0: as fast as possible.
static u64 pace_of(const struct drive *d)
{
    const struct drive_speed *speed = &drive_speeds[d->speed];
    return speed->traps ? speed->traps : speed->steps;
}

// Returns how many steps the pace allows up to now.
static u64 steps_due(const struct drive *d, u64 now)
{
    u64 rate = pace_of(d);
    if (!rate || d->goal != GOAL_RUN)
        return UINT64_MAX;
    u64 allowed = (now - d->paced_from) * rate / 1000;
    u64 due = allowed > d->paced ? allowed - d->paced : 0;
    return due && drive_speeds[d->speed].traps ? UINT64_MAX : due; // to the next trap, however far
}

static int time_to_next_step(const struct drive *d, u64 now)
{
    u64 due = d->paced_from + (d->paced + 1) * 1000 / pace_of(d) + 1;
    return due > now ? (int)(due - now) : 1;
}

// A lesson speaks at its stops, so the run from stop to stop is as fast as possible. A person
// who then chooses a pace keeps that pace.
static void notice_lesson(struct drive *d)
{
    if (d->is_lesson || !scenario_lesson(d->play.sc))
        return;
    d->is_lesson = true;
    drive_set_speed(d, drive_speed_fastest);
}

int drive_slice(struct drive *d, int milliseconds)
{
    u64 start = host_milliseconds(), now = start, chunk = 1000;
    while (d->goal != GOAL_NONE) {
        u64 due = steps_due(d, now), before = now;
        if (!due)
            return time_to_next_step(d, now);
        u64 steps = due < chunk ? due : chunk;
        if (!run_chunk(d, steps))
            d->goal = GOAL_NONE;
        notice_lesson(d);
        d->paced += drive_speeds[d->speed].traps ? d->play.stopped : steps;
        now = host_milliseconds();
        if (d->goal != GOAL_NONE && playback_wants_moment(&d->play))
            playback_remember(&d->play);
        if (scenario_state(d->play.sc) == SCENARIO_WAITING && d->goal == GOAL_RUN)
            return 1000;
        // The chunk grows or shrinks until it takes about CHUNK_TIME, whatever the host's speed is.
        if (now - before < CHUNK_TIME && chunk < CHUNK_MOST)
            chunk *= 2;
        else if (now - before > 2 * CHUNK_TIME && chunk > 1000)
            chunk /= 2;
        if (now - start >= (u64)milliseconds) {
            if (drive_speeds[d->speed].steps && now - d->paced_from > 500)
                drive_set_speed(d,
                                d->speed); // a host that is too slow for the pace never catches up
            return 0;
        }
    }
    return -1;
}
