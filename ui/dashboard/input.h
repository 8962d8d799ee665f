// Keys and the mouse: a key goes to the guest that a person types to, to the prompt, to the
// question of a lesson, or to the table of keys.
// Read next: ui/dashboard/state.h.
#ifndef UI_DASHBOARD_INPUT_H
#define UI_DASHBOARD_INPUT_H

#include "ui/dashboard/actions.h"

// Both return what to refresh (ui/dashboard/actions.h).
unsigned dashboard_key(struct dashboard *d, int key);
unsigned dashboard_click(struct dashboard *d, int row, int column);

#endif
