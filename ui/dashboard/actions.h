// What the keys do. An action changes the drive or the screen state, and returns what must be
// refreshed. An action never draws.
// Read next: ui/dashboard/commands.h.
#ifndef UI_DASHBOARD_ACTIONS_H
#define UI_DASHBOARD_ACTIONS_H

#include "ui/dashboard/keys.h"
#include "ui/dashboard/state.h"

unsigned dashboard_act(struct dashboard *d, const struct binding *binding);
// Moves in the pane that has the focus. Positive is down: the older trap, the next guest, later
// lines.
unsigned dashboard_move(struct dashboard *d, i64 down);

#endif
