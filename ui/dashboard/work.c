// Running and searching, a piece at a time. Read ui/dashboard/work.h first.
#include "ui/dashboard/work.h"
#include "ui/dashboard/commands.h"
#include "ui/terminal/text.h"

#include <stdio.h>

bool dashboard_has_work(const struct dashboard *d)
{
    return d->search || d->filming.child || d->drive.goal != GOAL_NONE;
}

// To be called when the run has stopped at a breakpoint: says which one.
static void say_hit(struct dashboard *d)
{
    const struct drive *drive = &d->drive;
    if (drive->goal != GOAL_NONE)
        return;
    if (drive->hit >= 0)
        snprintf(d->state.message, sizeof d->state.message, "breakpoint %d: %s", drive->hit + 1,
                 drive->stops.breakpoint[drive->hit].text);
    else if (drive->lookout.error[0])
        snprintf(d->state.message, sizeof d->state.message,
                 "the condition has an error, and is not asked any more: %.100s",
                 drive->lookout.error);
}

// A machine may end before the step that was asked for. The run is then at the next machine.
static void say_step(struct dashboard *d)
{
    struct wanted_moment *wanted = &d->drive.play.wanted;
    bool is_later = scenario_generation(d->drive.play.sc) > wanted->generation;
    wanted->by_step = false; // once is enough
    if (is_later)
        dashboard_say(d, "the machine ended before this step; here the next machine begins");
}

static void say_cycle(struct dashboard *d)
{
    struct wanted_moment *wanted = &d->drive.play.wanted;
    const char *text = "the machine is at cycle %s, just before cycle %s: the next step ends later";
    char here[TEXT_NUMBER], cycle[TEXT_NUMBER];
    wanted->by_cycle = false;
    if (wanted->kind == WANT_CYCLE && !wanted->unmet)
        return; // the person has stopped the run on its way
    u64 at = machine_cycles(d->drive.play.machine);
    if (at == wanted->cycle)
        text = "the machine is at cycle %s";
    else if (wanted->unmet)
        text = "this machine stops at cycle %s: it does not get to cycle %s";
    snprintf(d->state.message, sizeof d->state.message, text, text_grouped(at, here),
             text_grouped(wanted->cycle, cycle));
}

void dashboard_say_arrival(struct dashboard *d)
{
    const struct wanted_moment *wanted = &d->drive.play.wanted;
    if (d->drive.goal != GOAL_NONE || !d->drive.play.machine)
        return;
    if (wanted->by_step)
        say_step(d);
    if (wanted->by_cycle)
        say_cycle(d);
}

int dashboard_work(struct dashboard *d, int milliseconds)
{
    char text[WORLD_ERROR];
    // The film is made by a process of its own. While nothing else is to be done, we wait for it.
    bool idle = !d->search && d->drive.goal == GOAL_NONE;
    if (d->filming.child && filming_wait(&d->filming, idle ? milliseconds : 0, text))
        dashboard_say(d, text);
    if (idle)
        return 0;
    if (d->search) {
        dashboard_search_on(d, milliseconds);
        return 0;
    }
    if (d->drive.goal != GOAL_BACK) // the person has stopped the way there, and does something else
        d->drive.play.wanted.by_step = d->drive.play.wanted.by_cycle = false;
    int wait = drive_slice(&d->drive, milliseconds);
    say_hit(d);
    dashboard_say_arrival(d);
    return wait < 0 ? 0 : wait;
}
