// The way to a moment that is wanted: the run goes on until it is there. ui/dashboard/way_back.c
// finds where the way begins. Read ui/dashboard/playback.h first.
#include "ui/dashboard/playback.h"

#define MOMENT_BEFORE 20000 // steps before a wanted moment at which a snapshot is taken
#define ONE_BY_ONE 1000     // steps: from so near on, each step on the way to a cycle is looked at

void playback_answer_again(struct playback *p)
{
    u32 number = scenario_stop(p->sc)->number;
    scenario_answer(p->sc, number <= p->answer_count ? p->answers[number - 1] : -1);
}

// ---- to a cycle
//
// How many cycles a step takes is known only when the step is done: an instruction takes one, a
// trap takes many, and `wfi` may take a million. So the run goes on until the cycle has passed, and
// the number of steps is then searched between two moments, of which one is before the cycle and
// the other one is beyond it.
//
//     steps   |------ before ------|........ halved again and again ........|--- beyond --->
//             snapshot                        the wanted moment

static bool is_in_world(const struct playback *p)
{
    return p->machine && scenario_generation(p->sc) == p->wanted.generation;
}

static bool is_beyond(const struct playback *p)
{
    if (is_in_world(p))
        return machine_cycles(p->machine) > p->wanted.cycle;
    return scenario_generation(p->sc) > p->wanted.generation;
}

// How many steps to try next. The cycle has not passed yet.
static u64 stride(const struct playback *p, u64 most)
{
    u64 steps = most;
    u64 between = p->wanted.beyond - scenario_steps(p->sc);
    if (p->wanted.beyond)
        steps = between > ONE_BY_ONE ? between / 2 : 1;
    else if (is_in_world(p)) // nearly every step takes a cycle, or more
        steps = p->wanted.cycle - machine_cycles(p->machine);
    if (steps > most)
        steps = most;
    return steps ? steps : 1;
}

// The run has passed the cycle on its way from the moment after `before` steps. Sets out anew.
static bool turn_back(struct playback *p, u64 before)
{
    struct wanted_moment *w = &p->wanted;
    w->beyond = scenario_steps(p->sc);
    if (w->beyond <= before + 1) { // one step, or none if another world has begun
        w->unmet = !is_in_world(p);
        w->kind = WANT_STEPS;
        w->steps = w->near = before;
    }
    return playback_set_out(p);
}

static bool go_on_to_cycle(struct playback *p, u64 steps)
{
    u64 before = scenario_steps(p->sc);
    if (scenario_state(p->sc) == SCENARIO_STOPPED)
        playback_answer_again(p);
    p->going_back = true;
    enum scenario_status status = playback_advance(p, stride(p, steps));
    p->going_back = false;
    if (is_beyond(p))
        return turn_back(p, before);
    if (p->wanted.beyond) // the next tries need not begin before this moment
        playback_remember(p);
    bool moves = status == SCENARIO_WAITING && scenario_steps(p->sc) != before;
    p->wanted.unmet = status != SCENARIO_RUNNING && status != SCENARIO_STOPPED && !moves;
    return !p->wanted.unmet;
}

// ---- to a number of steps, a trap, or a stop of the script

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

bool playback_go_on(struct playback *p, u64 steps)
{
    if (p->wanted.kind == WANT_CYCLE)
        return go_on_to_cycle(p, steps);
    if (playback_is_there(p)) {
        playback_edit_again(p);
        return false;
    }
    if (scenario_state(p->sc) == SCENARIO_STOPPED)
        playback_answer_again(p);
    bool waited = scenario_state(p->sc) == SCENARIO_WAITING;
    u64 before = scenario_steps(p->sc);
    p->going_back = true;
    enum scenario_status status = playback_advance(p, piece(p, steps));
    p->going_back = false;
    if (playback_is_there(p))
        return false;
    return status == SCENARIO_RUNNING || status == SCENARIO_STOPPED ||
           (status == SCENARIO_WAITING && (!waited || scenario_steps(p->sc) != before));
}
