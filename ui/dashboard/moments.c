// Moments of a run: snapshots taken as it goes, and which moments the run has come to. Read
// ui/dashboard/playback.h first.
#include "ui/dashboard/playback.h"
#include "ui/terminal/clock.h"

#include <stdlib.h>
#include <string.h>

#define MOMENT_NEAR 1000    // steps from the newest snapshot in which no other one is taken
#define MOMENT_EVERY 120000 // microseconds of processor time between snapshots of a run
#define EFFORT_MOST 12      // and so many times what taking one takes, so a run keeps its speed
#define PAGE_EFFORT 1500    // nanoseconds to copy a page, until this host has shown how many
#define MANY_PAGES 1000     // a snapshot of so many pages shows that

// ---- where the run is

bool playback_is_over(const struct playback *p)
{
    enum scenario_status status = scenario_state(p->sc);
    return status != SCENARIO_RUNNING && status != SCENARIO_WAITING && status != SCENARIO_STOPPED;
}

bool playback_is_there(const struct playback *p)
{
    const struct wanted_moment *w = &p->wanted;
    const struct lesson_stop *stop = scenario_stop(p->sc);
    u32 generation = scenario_generation(p->sc);
    if (w->kind == WANT_STOP)
        return stop && stop->number >= w->stop;
    if (w->kind == WANT_CYCLE) // only the moment after it tells which one it is
        return false;
    if (w->any_world)
        return p->machine && scenario_steps(p->sc) >= w->steps;
    if (!p->machine || generation < w->generation)
        return false;
    if (generation > w->generation) // never, unless the scenario has become another one
        return true;
    return w->kind == WANT_TRAP ? p->log->traps >= w->trap : scenario_steps(p->sc) >= w->steps;
}

bool playback_is_before(const struct playback *p, const struct typed_input *t)
{
    u32 generation = scenario_generation(p->sc);
    return t->generation < generation ||
           (t->generation == generation && p->machine && t->steps < machine_steps(p->machine));
}

// ---- a moment to be come back to

// Returns true if a person typed at this very moment, and the guest has got the input already.
static bool is_typed_at(const struct playback *p)
{
    const struct typed_input *t = p->typed_next ? &p->typed[p->typed_next - 1] : NULL;
    return t && !t->edits && !playback_is_before(p, t);
}

static bool is_first(const struct playback *p)
{
    bool is_start = !scenario_resumes(p->sc);
    bool in_step = p->machine && machine_in_step(p->machine);
    return is_start || (scenario_has_run(p->sc) && !in_step && !is_typed_at(p));
}

struct noted playback_note(const struct playback *p)
{
    return (struct noted){.generation = scenario_generation(p->sc),
                          .cycles = p->machine ? machine_cycles(p->machine) : 0,
                          .traps = p->log->traps,
                          .open_row = traplog_is_open(p->log),
                          .stop = scenario_stops(p->sc),
                          .at_stop = scenario_stop(p->sc),
                          .is_first = is_first(p),
                          .typed_next = p->typed_next};
}

bool playback_moment(struct playback *p, struct past_moment *m)
{
    struct noted *noted = malloc(sizeof *noted);
    if (!noted)
        return false;
    *noted = playback_note(p);
    memcpy(noted->printed, p->printed, sizeof noted->printed);
    *m = (struct past_moment){.steps = scenario_steps(p->sc),
                              .resumes = scenario_resumes(p->sc),
                              .snapshot = scenario_snapshot(p->sc),
                              .extra = noted};
    if (m->snapshot && traplog_mark(p->log, &noted->log))
        return true;
    playback_moment_free(m);
    return false;
}

static void free_noted(void *extra)
{
    struct noted *noted = extra;
    if (noted)
        pages_drop(&noted->log);
    free(noted);
}

static size_t bytes_noted(const void *extra, const void *before)
{
    const struct noted *noted = extra, *other = before;
    return sizeof *noted + saved_pages_bytes(&noted->log, other ? &other->log : NULL);
}

const struct past playback_no_past = {
    .budget = PAST_BUDGET, .extra_bytes = bytes_noted, .extra_free = free_noted};

void playback_moment_free(struct past_moment *m)
{
    scenario_snapshot_free(m->snapshot);
    free_noted(m->extra);
    *m = (struct past_moment){0};
}

u64 playback_before(const struct playback *p, const struct trap_row *row)
{
    // What comes between two steps, as an interrupt that is injected, belongs to the step to come.
    bool between =
        row->kind != EVENT_EXIT && row->kind != EVENT_TRAP && machine_in_step(p->machine);
    return p->world_began + row->steps - (row->steps && !between);
}

void playback_find_machine(struct playback *p)
{
    struct world *w = scenario_world(p->sc);
    p->machine = w ? w->machine : NULL;
    p->world_began = scenario_steps(p->sc) - (w ? machine_steps(p->machine) : 0);
}

bool playback_return(struct playback *p, const struct past_moment *m)
{
    const struct noted *noted = m->extra;
    if (!scenario_restore(p->sc, m->snapshot))
        return false;
    p->turns++;
    traplog_return(p->log, &noted->log);
    memcpy(p->printed, noted->printed, sizeof p->printed);
    playback_find_machine(p);
    if (p->machine)
        machine_watch(p->machine, p->watch.seen ? &p->watch : NULL);
    p->typed_next = noted->typed_next;
    return true;
}

// ---- the past

// Returns the last moment that is not later than now; NULL if there is none.
static const struct past_moment *last_moment(const struct playback *p)
{
    u32 count = past_until(&p->past, scenario_steps(p->sc), scenario_resumes(p->sc));
    return count ? &p->past.moment[count - 1] : NULL;
}

static u64 pages_to_save(const struct playback *p)
{
    return p->machine ? machine_pages_to_save(p->machine) : 0;
}

void playback_remember(struct playback *p)
{
    const struct past_moment *last = last_moment(p);
    struct past_moment m;
    bool near = last && scenario_steps(p->sc) < last->steps + MOMENT_NEAR &&
                scenario_resumes(p->sc) == last->resumes;
    if (near || playback_is_over(p))
        return;
    u64 pages = pages_to_save(p), start = host_processor_time();
    if (playback_moment(p, &m) && !past_add(&p->past, &m))
        playback_moment_free(&m);
    p->newest = host_processor_time();
    p->effort = p->newest - start;
    if (pages >= MANY_PAGES)
        p->page_effort = p->effort * 1000 / pages;
}

// Returns about how many microseconds a snapshot would take now. The last snapshot tells it,
// unless the guests have written to more pages since.
static u64 effort_now(const struct playback *p)
{
    u64 page_effort = p->page_effort ? p->page_effort : PAGE_EFFORT;
    u64 copying = pages_to_save(p) * page_effort / 1000;
    return copying > p->effort ? copying : p->effort;
}

bool playback_wants_moment(const struct playback *p)
{
    u64 since = host_processor_time() - p->newest;
    return since >= MOMENT_EVERY && since >= EFFORT_MOST * effort_now(p);
}

void playback_forget_future(struct playback *p)
{
    past_cut(&p->past, past_until(&p->past, scenario_steps(p->sc), scenario_resumes(p->sc)));
}
