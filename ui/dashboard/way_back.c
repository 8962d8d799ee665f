// The way to a moment that is wanted again: a run sets out from a snapshot. Read
// ui/dashboard/playback.h first.
#include "ui/dashboard/playback.h"

// Returns true if the way to the wanted moment can begin at this one. The first moment with the
// wanted number of steps is the wanted one. Later moments with that number are beyond it.
static bool leads_there(const struct wanted_moment *w, const struct past_moment *m)
{
    const struct noted *noted = m->extra;
    if (w->kind == WANT_STOP)
        return noted->stop < w->stop || (noted->stop == w->stop && noted->at_stop);
    if (w->kind == WANT_TRAP && noted->generation == w->generation)
        return noted->traps < w->trap;
    if (!w->any_world && noted->generation != w->generation)
        return noted->generation < w->generation;
    if (w->kind == WANT_CYCLE)
        return noted->cycles <= w->cycle;
    return m->steps < w->steps || (m->steps == w->steps && noted->is_first);
}

// Returns the nearest snapshot before the wanted moment; NULL if there is none.
static const struct past_moment *best_moment(const struct playback *p)
{
    for (u32 i = p->past.count; i-- > 0;) {
        const struct past_moment *m = &p->past.moment[i];
        if (leads_there(&p->wanted, m) && scenario_can_restore(p->sc, m->snapshot))
            return m;
    }
    return NULL;
}

// Returns true if the way from the present leads there, too, and is shorter.
static bool present_is_better(const struct playback *p, const struct past_moment *best)
{
    struct noted noted = playback_note(p);
    struct past_moment now = {
        .steps = scenario_steps(p->sc), .resumes = scenario_resumes(p->sc), .extra = &noted};
    bool later = !best || best->steps < now.steps ||
                 (best->steps == now.steps && best->resumes <= now.resumes);
    return later && !playback_is_over(p) && leads_there(&p->wanted, &now);
}

bool playback_set_out(struct playback *p)
{
    const struct past_moment *best = best_moment(p);
    return present_is_better(p, best) || (best && playback_return(p, best));
}
