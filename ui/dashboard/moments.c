// Moments of a run: snapshots taken as it goes, and which moments the run has come to. Read
// ui/dashboard/playback.h first.
#include "ui/dashboard/playback.h"
#include "ui/terminal/clock.h"

#include <stdlib.h>

#define MOMENT_NEAR 1000 // steps from the newest snapshot in which no other one is taken
#define MOMENT_EVERY 120 // milliseconds of the host between snapshots of a run
#define EFFORT_MOST 12   // and so many times what taking one takes, so a run keeps its speed

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

// ---- snapshots

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

// ---- another life of the scenario

void playback_forget_first_life(struct playback *p)
{
    if (!p->first_life)
        return;
    scenario_close(p->first_life);
    traplog_free(p->first_log);
    p->first_life = NULL;
}
