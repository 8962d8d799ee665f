// Stepping back: a snapshot of a scenario is the machine, the consoles, the counters, and how far
// the goal is. Read scenarios/script/scenario.h first.
// Read next: scenarios/script/past.h.
#include "scenarios/script/api.h"

#include <stdlib.h>
#include <string.h>

struct scenario_snapshot {
    struct snapshot *machine;
    struct consoles_mark *consoles;
    struct counters_mark *counters;
    struct goal goal;
    u64 spent, logged;
    u32 resumes;
};

struct scenario_snapshot *scenario_snapshot(struct scenario *sc)
{
    struct scenario_snapshot *s = sc->world ? calloc(1, sizeof *s) : NULL;
    if (!s)
        return NULL;
    s->machine = machine_snapshot(sc->world->machine);
    s->consoles = consoles_mark(sc->consoles);
    s->counters = counters_mark(&sc->counters);
    s->goal = sc->goal;
    s->spent = sc->spent;
    s->logged = sc->logged;
    s->resumes = sc->resumes;
    if (s->machine && s->consoles && s->counters)
        return s;
    scenario_snapshot_free(s);
    return NULL;
}

bool scenario_can_restore(const struct scenario *sc, const struct scenario_snapshot *s)
{
    return s->resumes == sc->resumes && sc->world;
}

bool scenario_restore(struct scenario *sc, const struct scenario_snapshot *s)
{
    if (!scenario_can_restore(sc, s))
        return false;
    machine_restore(sc->world->machine, s->machine);
    machine_input_forget(sc->world->machine); // whoever drives the scenario types it again, or not
    consoles_return(sc->consoles, s->consoles);
    counters_return(&sc->counters, s->counters);
    sc->goal = s->goal;
    sc->spent = s->spent;
    sc->logged = s->logged;
    if (sc->status == SCENARIO_WAITING || sc->status == SCENARIO_LIMIT) {
        sc->status = SCENARIO_RUNNING;
        sc->exit = STATUS_DONE;
    }
    return true;
}

bool scenario_can_jump(const struct scenario *sc, const struct scenario_snapshot *s)
{
    return scenario_can_restore(sc, s) && sc->goal.active && s->goal.active && !sc->hook_count &&
           sc->goal.when == LUA_NOREF && !sc->options.recording;
}

void scenario_jump(struct scenario *sc, const struct scenario *from,
                   const struct scenario_snapshot *s)
{
    consoles_copy(sc->consoles, from->consoles);
    counters_copy(&sc->counters, &from->counters);
    memcpy(sc->log, from->log, LOG_EVENTS * sizeof *sc->log);
    sc->log_high = from->log_high;
    scenario_restore(sc, s);
}

size_t scenario_snapshot_bytes(const struct scenario_snapshot *s,
                               const struct scenario_snapshot *before)
{
    return sizeof *s + snapshot_bytes(s->machine, before ? before->machine : NULL);
}

void scenario_snapshot_free(struct scenario_snapshot *s)
{
    if (!s)
        return;
    snapshot_free(s->machine);
    consoles_mark_free(s->consoles);
    counters_mark_free(s->counters);
    free(s);
}
