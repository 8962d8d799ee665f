// Stepping through the phases of the selected trap. There is one rule: a phase is shown at the
// moment when everything was done about its trap. If the run stands elsewhere, it goes there first.
// Read ui/dashboard/story.h first.
#include "ui/dashboard/commands.h"
#include "ui/dashboard/pointing.h"
#include "ui/dashboard/story.h"
#include "ui/terminal/text.h"

#include <stdio.h>

static unsigned go_to_story(struct dashboard *d, u64 trap, u32 phase)
{
    char text[160], number[TEXT_NUMBER], here[TEXT_NUMBER];
    snprintf(text, sizeof text, "the run stands at trap %s now; g %s goes back to where it stood",
             text_grouped(trap, number), text_grouped(d->now.steps, here));
    const char *problem = drive_to_story(&d->drive, trap);
    if (problem)
        return dashboard_went(d, problem);
    unsigned refresh = dashboard_went(d, NULL) | dashboard_say(d, text);
    d->story = trap; // at that moment it may not be the newest one
    d->state.phase = phase;
    return refresh;
}

unsigned dashboard_show_phase(struct dashboard *d, u32 phase)
{
    const struct trap_row *row = model_trap(&d->now);
    d->state.phase = phase;
    d->state.phase_trap = d->now.trap;
    if (!row || !phase || story_is_now(&d->now, row))
        return REFRESH_MODEL;
    return go_to_story(d, row->number, phase);
}

unsigned do_phase(struct dashboard *d, const struct binding *b)
{
    const struct trap_row *row = model_trap(&d->now);
    struct story story;
    if (!row)
        return dashboard_say(d, "there is no trap yet whose story could be told; t runs to one");
    story_tell(&d->now, row, &story);
    u32 phase = pointing_phase(&d->now, &d->state);
    if (b->action == ACTION_PHASE_NEXT && phase >= story.count)
        return dashboard_say(d, "this was the last phase of the trap; t runs to the next trap");
    if (b->action == ACTION_PHASE_LAST && phase == 0)
        return dashboard_say(d, "o shows the first phase of the trap");
    return dashboard_show_phase(d, b->action == ACTION_PHASE_NEXT ? phase + 1 : phase - 1);
}
