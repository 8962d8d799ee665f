// Goes to another moment of the run. Each function says which moment is wanted, and begins the
// way to it; ui/dashboard/playback.c finds the way. Read ui/dashboard/drive.h first.
// Read next: ui/dashboard/keys.def.
#include "ui/dashboard/drive.h"
#include "ui/dashboard/route.h"

#define BACK_AT_ONCE 20 // milliseconds. A longer way back goes on between frames

static const char *set_out(struct drive *d)
{
    if (!drive_set_out(d))
        return "no way back: the scenario's file has been changed; q quits, then run it anew";
    drive_slice(d, BACK_AT_ONCE);
    return NULL;
}

const char *drive_back(struct drive *d)
{
    u64 steps = scenario_steps(d->play.sc);
    if (!steps)
        return "this is the start";
    // The world began at this number of steps, so a smaller number is a moment of the world before.
    u32 generation = scenario_generation(d->play.sc) - (steps <= d->play.world_began);
    d->has_one_before = steps > 1 && steps - 1 != d->play.world_began;
    steps -= 1 + d->has_one_before;
    d->play.wanted = (struct wanted_moment){
        .kind = WANT_STEPS, .generation = generation, .steps = steps, .near = steps};
    return set_out(d);
}

const char *drive_back_to_trap(struct drive *d)
{
    const struct playback *p = &d->play;
    // Without a machine the log is still that of the world before.
    const struct trap_row *row = p->machine ? traplog_row(p->log, p->log->traps) : NULL;
    d->has_one_before = false;
    if (row && row->steps) // the step that trapped is counted: the moment before it is one less
        d->play.wanted = (struct wanted_moment){.kind = WANT_STEPS,
                                                .generation = scenario_generation(p->sc),
                                                .steps = p->world_began + row->steps - 1,
                                                .near = p->world_began + row->steps - 1};
    else if (p->world_began) // there is no trap before in this world: to the end of the one before
        d->play.wanted = (struct wanted_moment){.kind = WANT_STEPS,
                                                .generation = scenario_generation(p->sc) - 1,
                                                .steps = p->world_began,
                                                .near = p->world_began};
    else if (!p->machine)
        return "the script has not built a machine yet";
    else
        return "there is no trap before this";
    return set_out(d);
}

const char *drive_to_trap(struct drive *d, u64 trap)
{
    const struct trap_row *row = traplog_row(d->play.log, trap);
    if (!row)
        return "this trap is no longer kept";
    d->has_one_before = false;
    d->play.wanted = (struct wanted_moment){.kind = WANT_TRAP,
                                            .generation = scenario_generation(d->play.sc),
                                            .trap = trap,
                                            .near = d->play.world_began + row->steps};
    return set_out(d);
}

const char *drive_to_story(struct drive *d, u64 trap)
{
    const struct playback *p = &d->play;
    const struct trap_row *row = traplog_row(p->log, trap);
    u64 steps;
    // A trap that was never handled has no such moment.
    if (!row || !route_has_ended(p->log, row, &steps))
        return drive_to_trap(d, trap);
    d->has_one_before = false;
    d->play.wanted = (struct wanted_moment){.kind = WANT_STEPS,
                                            .generation = scenario_generation(p->sc),
                                            .steps = p->world_began + steps,
                                            .near = p->world_began + steps};
    return set_out(d);
}

const char *drive_to_steps(struct drive *d, u64 steps)
{
    d->has_one_before = false;
    d->play.wanted = (struct wanted_moment){
        .kind = WANT_STEPS, .any_world = true, .steps = steps, .near = steps};
    if (steps < scenario_steps(d->play.sc))
        return set_out(d);
    drive_begin_way(d); // it lies ahead: there is nothing to go back for
    return NULL;
}

const char *drive_to_cycle(struct drive *d, u64 cycle)
{
    d->has_one_before = false;
    d->play.wanted = (struct wanted_moment){.kind = WANT_CYCLE,
                                            .generation = scenario_generation(d->play.sc),
                                            .cycle = cycle,
                                            .by_cycle = true};
    return set_out(d);
}

const char *drive_to_bookmark(struct drive *d, const struct bookmark *b)
{
    u32 generation = scenario_generation(d->play.sc);
    d->has_one_before = false;
    // Stops of the script may follow one another without a step, so steps do not tell them apart.
    // What the person answered on the way to the stop must be known.
    bool at_stop = b->stop && d->play.answer_count + 1 >= b->stop;
    d->play.wanted = (struct wanted_moment){.kind = at_stop ? WANT_STOP : WANT_STEPS,
                                            .generation = b->generation,
                                            .stop = b->stop,
                                            .steps = b->steps,
                                            .near = b->steps};
    bool back = b->generation < generation ||
                (b->generation == generation && b->steps < scenario_steps(d->play.sc)) ||
                (at_stop && b->stop <= scenario_stops(d->play.sc));
    if (back)
        return set_out(d);
    drive_begin_way(d);
    return NULL;
}

const char *drive_back_to_stop(struct drive *d)
{
    const struct lesson_stop *stop = scenario_stop(d->play.sc);
    u32 number = stop ? stop->number - 1 : d->play.answer_count;
    if (!number)
        return "there is no stop of the script before this";
    d->has_one_before = false;
    d->play.wanted = (struct wanted_moment){.kind = WANT_STOP, .stop = number, .near = UINT64_MAX};
    return set_out(d);
}
