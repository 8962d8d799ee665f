// Parts of actions. Read ui/dashboard/state.h first.
#include "ui/dashboard/state.h"

#include <stdio.h>

unsigned dashboard_say(struct dashboard *d, const char *text)
{
    snprintf(d->state.message, sizeof d->state.message, "%s", text);
    return REFRESH_SCREEN;
}

void dashboard_follow_newest(struct dashboard *d)
{
    d->now.follow = true;
    d->state.scroll[PANE_TRAPS] = 0;
    d->no_marks = false;
}

unsigned dashboard_went(struct dashboard *d, const char *problem)
{
    d->now.follow = true;
    d->no_marks = true;
    d->state.banner_closed = false;
    return REFRESH_MODEL | (problem ? dashboard_say(d, problem) : 0);
}

bool dashboard_chosen_guest(struct dashboard *d, u32 *guest)
{
    struct world *w = scenario_world(d->drive.play.sc);
    if (!w || d->now.chosen >= d->now.vms)
        return false;
    for (u32 i = 0; i < w->guests; i++)
        if (vm_path_equal(&w->guest[i].path, &d->now.vm[d->now.chosen].path)) {
            *guest = i;
            return true;
        }
    return false;
}
