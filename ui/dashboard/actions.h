// The functions behind the keys. An action changes the drive or the screen state, and returns
// what must be refreshed (ui/dashboard/state.h). An action never draws.
// Read next: ui/dashboard/commands.h.
#ifndef UI_DASHBOARD_ACTIONS_H
#define UI_DASHBOARD_ACTIONS_H

#include "ui/dashboard/keys.h"
#include "ui/dashboard/state.h"

// Does what this row of the table of keys says.
unsigned dashboard_act(struct dashboard *d, const struct binding *binding);
// Moves the selection in the pane that has the focus by this number of rows. A positive number
// moves down: to an older trap, to the next guest, or to later lines.
unsigned dashboard_move(struct dashboard *d, i64 down);

#endif
