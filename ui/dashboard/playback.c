// Snapshots, typing, and playing again. Read ui/dashboard/playback.h first.
#include "ui/dashboard/playback.h"
#include "ui/terminal/clock.h"
#include "ui/terminal/screen.h"
#include "hypervisor/native/observe.h"
#include "isa/isa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOMENT_NEAR 1000    // steps from the newest snapshot in which no other one is taken
#define MOMENT_BEFORE 20000 // steps before a wanted moment at which a snapshot is taken
#define MOMENT_EVERY 120    // milliseconds of the host between snapshots of a run
#define EFFORT_MOST 12      // and so many times what taking one takes, so a run keeps its speed

// ---- snapshots

static void forget_all(struct playback *p)
{
    past_cut(&p->past, 0);
}

// What the log was at a moment of the past.
static const struct traplog_mark *mark_of(const struct past_moment *m)
{
    return m->extra;
}

void playback_remember(struct playback *p)
{
    const struct past_moment *last = p->past.count ? &p->past.moment[p->past.count - 1] : NULL;
    bool near = last && scenario_steps(p->sc) < last->steps + MOMENT_NEAR &&
                scenario_can_restore(p->sc, last->snapshot);
    // While the script waits at a stop, or is over, no run can be restored.
    if (!p->machine || near || p->first_life || playback_is_over(p) ||
        scenario_state(p->sc) == SCENARIO_STOPPED)
        return;
    struct traplog_mark *mark = malloc(sizeof *mark);
    if (!mark)
        return;
    u64 start = host_milliseconds();
    traplog_mark(p->log, mark);
    past_add(&p->past, p->sc, mark, sizeof *mark);
    p->newest = host_milliseconds();
    p->effort = p->newest - start;
}

bool playback_wants_moment(const struct playback *p, u64 now)
{
    u64 since = now - p->newest;
    return since >= MOMENT_EVERY && since >= EFFORT_MOST * p->effort;
}

// ---- opening

static bool is_there(const struct playback *p)
{
    const struct wanted_moment *w = &p->wanted;
    const struct lesson_stop *stop = scenario_stop(p->sc);
    u32 generation = scenario_generation(p->sc);
    if (w->kind == WANT_STOP)
        return stop && stop->number >= w->stop;
    if (w->any_world)
        return p->machine && scenario_steps(p->sc) >= w->steps;
    if (!p->machine || generation < w->generation)
        return false;
    if (generation > w->generation) // never, unless the scenario has become another one
        return true;
    return w->kind == WANT_TRAP ? p->log->traps >= w->trap : scenario_steps(p->sc) >= w->steps;
}

static bool is_page_fault(const struct event *e)
{
    u32 cause = e->note.cause;
    return e->note.kind == EVENT_EXIT &&
           (cause == CAUSE_FETCH_PAGE || cause == CAUSE_LOAD_PAGE || cause == CAUSE_STORE_PAGE);
}

static void on_event(void *context, const struct event *e)
{
    struct playback *p = context;
    struct observed_vcpu seen;
    traplog_add(p->log, e);
    // No event says whether the guest has paging on, and later its satp may be another.
    if (is_page_fault(e) && observe_vcpu(p->machine, &e->path, e->note.vcpu, &seen))
        traplog_set_paging(p->log, e->hart, seen.state.satp & SATP_MODE);
    bool arrived = p->going_back && is_there(p);
    if (!arrived && !(p->stops_at && p->stops_at(p->stops_context, e)))
        return;
    p->stopped = true;
    scenario_pause(p->sc);
}

// The script has made a new world, so snapshots of the old one are of no use.
static void on_built(void *context, struct world *w)
{
    struct playback *p = context;
    if (!p->first_life)
        forget_all(p);
    traplog_reset(p->log);
    p->machine = w->machine;
    p->world_began = scenario_steps(p->sc);
    if (p->going_back)
        scenario_pause(p->sc); // the wanted moment may be near the beginning of this world
    machine_listen(w->machine, LOG_EVENTS, on_event, p);
}

static void on_printed(void *context, const char *text)
{
    struct playback *p = context;
    snprintf(p->printed, sizeof p->printed, "%s", text);
}

// The script hangs, and the process is about to end.
static void on_hung(void *context, const char *message)
{
    (void)context;
    (void)message;
    screen_rescue();
}

bool playback_open(struct playback *p, const char *path, const struct scenario_options *options,
                   enum status *why, char *error, size_t error_size)
{
    *p = (struct playback){
        .path = strdup(path), .log = traplog_new(), .past = {.budget = PAST_BUDGET}};
    p->options = (struct scenario_options){.script = options->script,
                                           .seed = options->seed,
                                           .limit = options->limit,
                                           .engine = options->engine,
                                           .interactive = true,
                                           .follow = true,
                                           .context = p,
                                           .built = on_built,
                                           .printed = on_printed,
                                           .hung = on_hung};
    *why = STATUS_INTERNAL;
    snprintf(error, error_size, "out of memory");
    if (p->path && p->log)
        p->sc = scenario_open(path, &p->options, why, error, error_size);
    if (!p->sc) {
        traplog_free(p->log);
        free(p->path);
    }
    return p->sc;
}

// A student's code is part of the run, so no code of the host is made of it, and nobody types.
bool playback_take_lab(struct playback *p, struct lab *lab, char *error, size_t error_size)
{
    enum status why;
    p->options.lab = lab;
    p->options.engine = ENGINE_FAST;
    p->options.interactive = p->options.follow = false;
    struct scenario *sc = scenario_open(p->path, &p->options, &why, error, error_size);
    if (!sc)
        return false;
    scenario_close(p->sc);
    p->sc = sc;
    return true;
}

void playback_record(struct playback *p, struct recording *recording)
{
    p->options.recording = recording;
    scenario_record(p->sc, recording);
}

static void forget_first_life(struct playback *p)
{
    if (!p->first_life)
        return;
    scenario_close(p->first_life);
    traplog_free(p->first_log);
    p->first_life = NULL;
}

void playback_close(struct playback *p)
{
    forget_first_life(p);
    past_free(&p->past);
    free(p->typed);
    free(p->answers);
    scenario_close(p->sc);
    traplog_free(p->log);
    free(p->path);
}

bool playback_is_over(const struct playback *p)
{
    enum scenario_status status = scenario_state(p->sc);
    return status != SCENARIO_RUNNING && status != SCENARIO_WAITING && status != SCENARIO_STOPPED;
}

// ---- typing

// Was this typed before the moment that the run is at?
static bool is_before(const struct playback *p, const struct typed_input *t)
{
    u32 generation = scenario_generation(p->sc);
    return t->generation < generation ||
           (t->generation == generation && p->machine && t->steps < machine_steps(p->machine));
}

static void keep_typed(struct playback *p, u32 guest, const char *bytes, size_t count)
{
    playback_remember(p); // now, so that a snapshot of this moment does not have the input yet
    p->typed_count = p->typed_next;
    if (p->typed_count == p->typed_room) {
        u32 room = p->typed_room ? 2 * p->typed_room : 64;
        struct typed_input *typed = realloc(p->typed, room * sizeof *typed);
        if (!typed)
            return; // the guest gets the input, but a run that is taken back will lack it
        p->typed = typed;
        p->typed_room = room;
    }
    struct typed_input *t = &p->typed[p->typed_count++];
    *t = (struct typed_input){.generation = scenario_generation(p->sc),
                              .steps = machine_steps(p->machine),
                              .guest = guest};
    t->count = (u8)(count < sizeof t->bytes ? count : sizeof t->bytes);
    memcpy(t->bytes, bytes, t->count);
    p->typed_next = p->typed_count;
}

void playback_type(struct playback *p, u32 guest, const char *bytes, size_t count)
{
    keep_typed(p, guest, bytes, count);
    world_type(scenario_world(p->sc), guest, bytes, count);
}

// Types again what was typed at the moment that the run is at now.
static void type_again(struct playback *p)
{
    for (; p->typed_next < p->typed_count; p->typed_next++) {
        const struct typed_input *t = &p->typed[p->typed_next];
        bool now =
            t->generation == scenario_generation(p->sc) && t->steps == machine_steps(p->machine);
        if (!now && !is_before(p, t))
            return;
        if (now)
            world_type(scenario_world(p->sc), t->guest, t->bytes, t->count);
    }
}

// How many steps there are until something must be typed again. All ones: nothing in this world.
static u64 until_typing(const struct playback *p)
{
    const struct typed_input *t = p->typed_next < p->typed_count ? &p->typed[p->typed_next] : NULL;
    if (!t || t->generation != scenario_generation(p->sc))
        return UINT64_MAX;
    return t->steps - machine_steps(p->machine);
}

enum scenario_status playback_advance(struct playback *p, u64 steps)
{
    if (p->machine && p->typed_next < p->typed_count) {
        type_again(p);
        u64 typing = until_typing(p);
        steps = typing < steps ? typing : steps;
    }
    p->stopped = false;
    enum scenario_status status = scenario_advance(p->sc, steps);
    struct world *w = scenario_world(p->sc); // the script may have made another world
    p->machine = w ? w->machine : NULL;
    return status;
}

// ---- stops

void playback_answer(struct playback *p, int choice)
{
    const struct lesson_stop *stop = scenario_stop(p->sc);
    if (!stop)
        return;
    if (stop->number > p->answer_room) {
        u32 room = 2 * stop->number;
        int *answers = realloc(p->answers, room * sizeof *answers);
        if (answers) { // without memory, only going back will lack the answer
            p->answers = answers;
            p->answer_room = room;
        }
    }
    if (stop->number <= p->answer_room) {
        p->answers[stop->number - 1] = choice;
        p->answer_count = stop->number;
    }
    scenario_answer(p->sc, choice);
}

// The script waits at a stop before the wanted moment: the viewer's answer is given again.
static void answer_again(struct playback *p)
{
    u32 number = scenario_stop(p->sc)->number;
    scenario_answer(p->sc, number <= p->answer_count ? p->answers[number - 1] : -1);
}

// ---- setting out

// Can the way to the wanted moment begin at this snapshot?
static bool leads_there(const struct playback *p, const struct past_moment *m)
{
    // All snapshots are of the present world. A stop lies where the script goes on, and no snapshot
    // can be restored beyond that.
    bool other_world = p->wanted.generation != scenario_generation(p->sc) && !p->wanted.any_world;
    if (p->wanted.kind == WANT_STOP || other_world)
        return false;
    return p->wanted.kind == WANT_TRAP ? mark_of(m)->traps < p->wanted.trap
                                       : m->steps <= p->wanted.steps;
}

// The snapshot that is the nearest before the wanted moment. Those behind it are forgotten: a
// person may now type something else, so they need not come true again. NULL: there is none.
static const struct past_moment *best_moment(struct playback *p)
{
    u32 count = p->past.count;
    while (count && !leads_there(p, &p->past.moment[count - 1]))
        count--;
    past_cut(&p->past, count);
    return count ? &p->past.moment[count - 1] : NULL;
}

// The run stands at this moment again. The snapshot was taken before anything was typed at its
// moment, so that comes again, too.
static void stand_at(struct playback *p, const struct past_moment *m)
{
    traplog_return(p->log, mark_of(m));
    p->typed_next = 0;
    while (p->typed_next < p->typed_count && is_before(p, &p->typed[p->typed_next]))
        p->typed_next++;
}

static bool return_to_moment(struct playback *p)
{
    const struct past_moment *m = best_moment(p);
    if (!m || p->first_life || !scenario_restore(p->sc, m->snapshot))
        return false;
    stand_at(p, m);
    return true;
}

// The last snapshot ahead of the run that was taken in the same run{} of the script. NULL: none.
static const struct past_moment *moment_ahead(const struct playback *p)
{
    for (u32 i = p->past.count; i-- > 0;) {
        const struct past_moment *m = &p->past.moment[i];
        if (m->steps >= scenario_steps(p->sc) && scenario_can_jump(p->sc, m->snapshot))
            return m;
    }
    return NULL;
}

// The scenario was opened again. Each run{} of its script need not be run where snapshots of its
// first life are at hand: the run jumps to the last one of each, and at last to the one before the
// wanted moment.
static void try_to_jump(struct playback *p)
{
    if (!p->machine || scenario_generation(p->sc) != scenario_generation(p->first_life))
        return;
    const struct past_moment *m = moment_ahead(p);
    if (!m)
        return;
    scenario_jump(p->sc, p->first_life, m->snapshot);
    if (m != &p->past.moment[p->past.count - 1])
        return;
    struct traplog *log = p->log;
    p->log = p->first_log;
    p->first_log = log;
    forget_first_life(p);
    stand_at(p, m);
}

static bool open_again(struct playback *p)
{
    char error[WORLD_ERROR];
    enum status why;
    struct scenario *sc = scenario_open(p->path, &p->options, &why, error, sizeof error);
    if (!sc)
        return false;
    if (strcmp(scenario_source(sc), scenario_source(p->sc))) { // somebody has edited the file
        scenario_close(sc);
        return false;
    }
    struct traplog *log = best_moment(p) && !p->first_life ? traplog_new() : NULL;
    if (log) {
        p->first_life = p->sc;
        p->first_log = p->log;
        p->log = log;
    } else {
        forget_all(p);
        forget_first_life(p);
        scenario_close(p->sc);
        traplog_reset(p->log);
    }
    p->sc = sc;
    p->opened++;
    p->machine = NULL;
    p->typed_next = 0;
    return true;
}

bool playback_set_out(struct playback *p)
{
    return return_to_moment(p) || open_again(p);
}

// ---- going on

// How far to go in one piece: to the wanted moment, but with a stop shortly before it, where a
// snapshot is taken.
static u64 piece(struct playback *p, u64 steps)
{
    u64 at = scenario_steps(p->sc), near = p->wanted.near;
    if (near > at + MOMENT_BEFORE && near - MOMENT_BEFORE - at < steps)
        return near - MOMENT_BEFORE - at;
    if (near <= at + MOMENT_BEFORE)
        playback_remember(p);
    u64 left = p->wanted.kind == WANT_STEPS && p->wanted.steps > at ? p->wanted.steps - at : steps;
    return left < steps ? left : steps;
}

// The run is there. If it never could jump to the snapshots of the first life, they are of no use.
static bool arrive(struct playback *p)
{
    if (p->first_life)
        forget_all(p);
    forget_first_life(p);
    return false;
}

bool playback_go_on(struct playback *p, u64 steps)
{
    if (p->first_life)
        try_to_jump(p);
    if (is_there(p))
        return arrive(p);
    if (scenario_state(p->sc) == SCENARIO_STOPPED)
        answer_again(p);
    u64 before = scenario_steps(p->sc);
    p->going_back = true;
    enum scenario_status status = playback_advance(p, piece(p, steps));
    p->going_back = false;
    if (is_there(p))
        return arrive(p);
    return status == SCENARIO_RUNNING || status == SCENARIO_STOPPED ||
           (status == SCENARIO_WAITING && scenario_steps(p->sc) != before);
}
