// The work of the dashboard between two keys: it runs the scenario towards its goal, or it
// searches the whole run, or it waits for a film.
// Read next: ui/dashboard/plain_text.h.
#ifndef UI_DASHBOARD_WORK_H
#define UI_DASHBOARD_WORK_H

#include "ui/dashboard/state.h"

// Returns true if there is something to do.
bool dashboard_has_work(const struct dashboard *d);
// Works for about this number of milliseconds, and shows what came of it. Returns for how many
// milliseconds there is nothing to do afterwards.
int dashboard_work(struct dashboard *d, int milliseconds);

// If the run has just come to a step or a cycle that a person asked for by its number, says what
// the person must know of that moment.
void dashboard_say_arrival(struct dashboard *d);

#endif
