// Snapshots, typing, and playing again. Read ui/dashboard/past.h first.
#include "ui/dashboard/past.h"
#include "ui/dashboard/drive.h"

#include <stdlib.h>
#include <string.h>

#define MOMENT_NEAR 1000    // steps
#define MOMENT_BEFORE 20000 // steps

struct moment {
    u64 steps;
    struct scenario_snapshot *snapshot;
    struct traplog_mark mark;
};

// ---- snapshots

static void forget(struct past *p, u32 index)
{
    scenario_snapshot_free(p->moment[index]->snapshot);
    free(p->moment[index]);
    p->moments--;
    memmove(&p->moment[index], &p->moment[index + 1],
            (p->moments - index) * sizeof(struct moment *));
}

void past_forget_moments(struct past *p)
{
    while (p->moments)
        forget(p, p->moments - 1);
}

void past_free(struct past *p)
{
    past_forget_moments(p);
    free(p->typed);
}

// Makes room: of the older ones every other goes, so that the past is kept the more coarsely the
// longer ago it is.
static void thin_out(struct past *p)
{
    for (u32 i = 1; i < p->moments && i < MOMENTS_MAX * 3 / 4; i++)
        forget(p, i);
}

void past_remember(struct drive *d)
{
    struct past *p = &d->past;
    if (p->moments && !scenario_can_restore(d->sc, p->moment[p->moments - 1]->snapshot))
        past_forget_moments(p); // the script has gone on
    if (!d->machine ||
        (p->moments && machine_steps(d->machine) - p->moment[p->moments - 1]->steps < MOMENT_NEAR))
        return;
    if (p->moments == MOMENTS_MAX)
        thin_out(p);
    struct moment *moment = malloc(sizeof *moment);
    struct scenario_snapshot *snapshot = moment ? scenario_snapshot(d->sc) : NULL;
    p->newest = host_milliseconds();
    if (!snapshot) {
        free(moment);
        return;
    }
    moment->steps = machine_steps(d->machine);
    moment->snapshot = snapshot;
    traplog_mark(d->log, &moment->mark);
    p->moment[p->moments++] = moment;
}

// ---- typing

// Is this before the moment the run is at?
static bool is_before(const struct drive *d, const struct typed *t)
{
    u32 generation = scenario_generation(d->sc);
    return t->generation < generation ||
           (t->generation == generation && d->machine && t->steps < machine_steps(d->machine));
}

void past_type(struct drive *d, u32 guest, const char *bytes, size_t count)
{
    struct past *p = &d->past;
    past_remember(d); // so a snapshot of this very moment is from before the typing
    p->typed_count = p->typed_next;
    if (p->typed_count == p->typed_room) {
        u32 room = p->typed_room ? 2 * p->typed_room : 64;
        struct typed *typed = realloc(p->typed, room * sizeof *typed);
        if (!typed)
            return; // the guest gets it all the same; only going back will lack it
        p->typed = typed;
        p->typed_room = room;
    }
    struct typed *t = &p->typed[p->typed_count++];
    *t = (struct typed){.generation = scenario_generation(d->sc),
                        .steps = machine_steps(d->machine),
                        .guest = guest};
    t->count = (u8)(count < sizeof t->bytes ? count : sizeof t->bytes);
    memcpy(t->bytes, bytes, t->count);
    p->typed_next = p->typed_count;
}

// Types again what was typed at the moment the run is at now.
static void type_again(struct drive *d)
{
    struct past *p = &d->past;
    for (; p->typed_next < p->typed_count; p->typed_next++) {
        const struct typed *t = &p->typed[p->typed_next];
        bool now =
            t->generation == scenario_generation(d->sc) && t->steps == machine_steps(d->machine);
        if (!now && !is_before(d, t))
            return;
        if (now)
            world_type(scenario_world(d->sc), t->guest, t->bytes, t->count);
    }
}

// Steps until something must be typed again; all ones: nothing in this world.
static u64 until_typing(const struct drive *d)
{
    const struct past *p = &d->past;
    const struct typed *t = p->typed_next < p->typed_count ? &p->typed[p->typed_next] : NULL;
    if (!t || t->generation != scenario_generation(d->sc))
        return UINT64_MAX;
    return t->steps - machine_steps(d->machine);
}

enum scenario_status past_advance(struct drive *d, u64 steps)
{
    if (d->machine && d->past.typed_next < d->past.typed_count) {
        type_again(d);
        u64 typing = until_typing(d);
        steps = typing < steps ? typing : steps;
    }
    enum scenario_status status = scenario_advance(d->sc, steps);
    struct world *w = scenario_world(d->sc); // the script may have ended the one we knew
    d->machine = w ? w->machine : NULL;
    return status;
}

// ---- setting out

static bool return_to_moment(struct drive *d)
{
    struct past *p = &d->past;
    for (u32 i = p->moments; i-- > 0;) {
        const struct moment *m = p->moment[i];
        if (m->steps > p->wanted.steps || (p->wanted.trap && m->mark.traps >= p->wanted.trap))
            continue;
        if (!scenario_restore(d->sc, m->snapshot))
            return false;
        traplog_return(d->log, &m->mark);
        while (p->moments > i + 1) // what was ahead will come again, and may come differently
            forget(p, p->moments - 1);
        // A snapshot is taken before anything is typed at its moment.
        p->typed_next = 0;
        while (p->typed_next < p->typed_count && is_before(d, &p->typed[p->typed_next]))
            p->typed_next++;
        return true;
    }
    return false;
}

static bool open_again(struct drive *d)
{
    char error[WORLD_ERROR];
    enum status why;
    struct scenario *sc = scenario_open(d->path, &d->options, &why, error, sizeof error);
    if (!sc)
        return false;
    if (strcmp(scenario_source(sc), scenario_source(d->sc))) { // somebody has edited it
        scenario_close(sc);
        return false;
    }
    past_forget_moments(&d->past);
    scenario_close(d->sc);
    d->sc = sc;
    d->machine = NULL;
    d->past.typed_next = 0;
    traplog_reset(d->log);
    return true;
}

bool past_set_out(struct drive *d)
{
    return return_to_moment(d) || open_again(d);
}

// ---- going on

static bool is_there(const struct drive *d)
{
    const struct past *p = &d->past;
    u32 generation = scenario_generation(d->sc);
    if (!d->machine || generation < p->wanted.generation)
        return false;
    return generation > p->wanted.generation || machine_steps(d->machine) >= p->wanted.steps ||
           (p->wanted.trap && d->log->traps >= p->wanted.trap);
}

// How far to go in one piece: to the wanted moment, but with a stop shortly before it, for a
// snapshot.
static u64 piece(struct drive *d, u64 steps)
{
    const struct past *p = &d->past;
    u64 at = machine_steps(d->machine);
    if (scenario_generation(d->sc) != p->wanted.generation)
        return steps;
    if (p->wanted.near > at + MOMENT_BEFORE && p->wanted.near - MOMENT_BEFORE - at < steps)
        return p->wanted.near - MOMENT_BEFORE - at;
    if (p->wanted.near <= at + MOMENT_BEFORE)
        past_remember(d);
    return p->wanted.steps - at < steps ? p->wanted.steps - at : steps;
}

bool past_go_on(struct drive *d, u64 steps)
{
    struct past *p = &d->past;
    if (is_there(d))
        return false;
    u64 before = d->machine ? machine_steps(d->machine) : 0;
    steps = d->machine ? piece(d, steps) : 1; // the first step builds the first world
    d->listening = p->wanted.trap && scenario_generation(d->sc) == p->wanted.generation ? GOAL_BACK
                                                                                        : GOAL_NONE;
    enum scenario_status status = past_advance(d, steps);
    d->listening = GOAL_NONE;
    if (is_there(d))
        return false;
    return status == SCENARIO_RUNNING ||
           (status == SCENARIO_WAITING && d->machine && machine_steps(d->machine) != before);
}
