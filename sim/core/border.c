// The border of mode K: the two moments at which an observer can see a guest's registers on the
// hart, just before it runs and just after it trapped. Contract: sim/machine.h.
// Read next: sim/state/pages.h.
#include "sim/core/core.h"

#include <string.h>

void machine_watch_border(struct machine *m, bool watch)
{
    m->border = (struct border_watch){.on = watch};
}

const struct border *machine_border(const struct machine *m)
{
    return &m->border.last;
}

static void stop_here(struct hart *h, enum border_kind kind, const struct hart_exit *exit)
{
    struct machine *m = h->machine;
    m->border.last = (struct border){kind, h->number, *exit};
    // The run ends as if machine_stop was called, and the engine returns after its present step.
    m->asked = true;
    m->leave |= LEAVE_TURN;
}

void border_enter(struct hart *h)
{
    if (hart_runs_guest(h))
        stop_here(h, BORDER_ENTERED, &(struct hart_exit){0});
}

void border_leave(struct hart *h, const struct hart_exit *exit)
{
    stop_here(h, BORDER_LEFT, exit);
}

// Returns true if this is the guest that the observer saw when the run last ended here.
static bool is_shown(const struct border_watch *w, const struct hart_state *s)
{
    return w->shown_is_good && w->shown.pc == s->pc && w->shown.satp == s->satp &&
           w->shown.sscratch == s->sscratch && !memcmp(w->shown.x, s->x, sizeof s->x);
}

// After a stop the monitor begins its turn again, so it comes here a second time before the
// guest has run. The second time the guest may run.
bool border_lets_pass(struct hart *h)
{
    struct border_watch *w = &h->machine->border;
    bool shown = is_shown(w, &h->state);
    w->shown_is_good = !shown;
    if (shown)
        return true;
    w->shown = h->state;
    border_enter(h);
    return false;
}
