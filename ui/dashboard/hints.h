// The hint bar at the bottom of the screen: the keys that mean something now. Most hints are rows
// of the table of keys (ui/dashboard/keys.def). While the help is open, or while a person types,
// other keys matter, and the bar shows these.
// Read next: ui/dashboard/banner.h.
#ifndef UI_DASHBOARD_HINTS_H
#define UI_DASHBOARD_HINTS_H

#include "ui/dashboard/model.h"
#include "ui/dashboard/screen_state.h"

// Draws the hints on one row. A hint that has no room is left out whole.
void hints_draw(const struct area *a, int row, const struct model *now,
                const struct screen_state *state);

#endif
