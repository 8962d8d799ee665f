// The way to a moment that is wanted again: a run sets out from a snapshot, or from the start. Read
// ui/dashboard/playback.h first.
#include "ui/dashboard/playback.h"

#include <stdlib.h>
#include <string.h>

#define MOMENT_BEFORE 20000 // steps before a wanted moment at which a snapshot is taken

// ---- setting out

// What the log was at a moment of the past.
static const struct traplog_mark *mark_of(const struct past_moment *m)
{
    return m->extra;
}

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
    while (p->typed_next < p->typed_count && playback_is_before(p, &p->typed[p->typed_next]))
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
    playback_forget_first_life(p);
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
        past_cut(&p->past, 0);
        playback_forget_first_life(p);
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
    playback_edit_again(p);
    if (p->first_life)
        past_cut(&p->past, 0);
    playback_forget_first_life(p);
    return false;
}

// The script waits at a stop before the wanted moment: the viewer's answer is given again.
static void answer_again(struct playback *p)
{
    u32 number = scenario_stop(p->sc)->number;
    scenario_answer(p->sc, number <= p->answer_count ? p->answers[number - 1] : -1);
}

bool playback_go_on(struct playback *p, u64 steps)
{
    if (p->first_life)
        try_to_jump(p);
    if (playback_is_there(p))
        return arrive(p);
    if (scenario_state(p->sc) == SCENARIO_STOPPED)
        answer_again(p);
    u64 before = scenario_steps(p->sc);
    p->going_back = true;
    enum scenario_status status = playback_advance(p, piece(p, steps));
    p->going_back = false;
    if (playback_is_there(p))
        return arrive(p);
    return status == SCENARIO_RUNNING || status == SCENARIO_STOPPED ||
           (status == SCENARIO_WAITING && scenario_steps(p->sc) != before);
}
