// Parts of actions. Read ui/dashboard/state.h first.
#include "ui/dashboard/state.h"
#include "ui/dashboard/child.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

unsigned dashboard_say(struct dashboard *d, const char *text)
{
    snprintf(d->state.message, sizeof d->state.message, "%s", text);
    return REFRESH_SCREEN;
}

void dashboard_follow_newest(struct dashboard *d)
{
    d->now.follow = true;
    d->state.phase = 0;
    d->state.scroll[PANE_TRAPS] = 0;
    d->no_marks = false;
}

unsigned dashboard_went(struct dashboard *d, const char *problem)
{
    d->now.follow = true;
    d->state.phase = 0;
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

void dashboard_gdb_end(struct dashboard *d)
{
    if (d->gdb > 0)
        child_kill(d->gdb);
    d->gdb = 0;
}

void dashboard_close(struct dashboard *d)
{
    dashboard_gdb_end(d);
    filming_end(&d->filming);
    search_end(d->search);
    free(d->findings);
    drive_close(&d->drive);
    cells_free(&d->cells);
}

// ---- the model

static enum run_state run_state_of(const struct dashboard *d)
{
    static const u8 states[] = {[SCENARIO_WAITING] = RUN_WAITING,
                                [SCENARIO_STOPPED] = RUN_STOPPED,
                                [SCENARIO_DONE] = RUN_DONE,
                                [SCENARIO_FAILED] = RUN_FAILED,
                                [SCENARIO_LIMIT] = RUN_LIMIT};
    const struct drive *drive = &d->drive;
    enum scenario_status status = scenario_state(drive->play.sc);
    if (d->search)
        return RUN_SEARCH;
    if (drive->goal == GOAL_BACK)
        return RUN_BACK;
    if (status == SCENARIO_RUNNING)
        return drive->goal == GOAL_NONE ? RUN_PAUSED : RUN_RUNNING;
    return (enum run_state)states[status];
}

void dashboard_gather(struct dashboard *d)
{
    struct model *next = &d->next;
    u32 stop = d->stop_shown;
    *next = d->now;
    next->run = run_state_of(d);
    snprintf(next->speed, sizeof next->speed, "%s", drive_speeds[d->drive.speed].name);
    next->stops = &d->drive.stops;
    next->findings = d->findings;
    const struct typed_input *fork = playback_fork(&d->drive.play);
    next->forked = fork;
    next->forked_at = fork ? fork->steps : 0;
    next->filter = d->filter[0] ? d->filter : NULL;
    text_harmless(d->drive.play.printed, strlen(d->drive.play.printed), next->said,
                  sizeof next->said);
    // On the way to a trap the log has only older ones.
    if (d->story) {
        next->trap = d->story;
        next->follow = false;
    }
    if (d->drive.goal != GOAL_BACK)
        d->story = 0;
    struct model_wish wish = d->wish;
    wish.of_trap = d->state.phase ? d->state.phase_trap : 0;
    model_gather(next, d->drive.play.sc, d->drive.play.log, &wish);
    if (next->steps != d->now.steps || next->generation != d->now.generation)
        d->before =
            d->now; // only when the run has moved: a key that only shows must keep the marks
    d->now = *next;
    d->gathered = d->drive.play.turns;
    d->stop_shown = d->now.stop ? d->now.stop->number : 0;
    if (d->now.stop && d->stop_shown != stop)
        frame_point(&d->state, &d->now);
    if (d->no_marks)
        d->before = d->now; // what was before lies in the future of this moment
}

void dashboard_forget_stale(struct dashboard *d)
{
    if (d->gathered == d->drive.play.turns)
        return;
    d->now.lesson = d->before.lesson = NULL;
    d->now.stop = d->before.stop = NULL;
    d->now.source = d->before.source = NULL;
    d->now.console = d->before.console = (struct console){0};
    d->now.log = d->before.log = d->drive.play.log; // the log of the run that is there now
    dashboard_gather(d);
}
