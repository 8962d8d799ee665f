// The mouse: a click selects what is under it, and the wheel scrolls the pane under it. Everything
// that the mouse does, a key does, too.
// Read next: ui/dashboard/state.h.
#ifndef UI_DASHBOARD_MOUSE_H
#define UI_DASHBOARD_MOUSE_H

#include "ui/dashboard/state.h"

// Both return what to refresh (ui/dashboard/state.h).
unsigned dashboard_click(struct dashboard *d, int row, int column);
unsigned dashboard_wheel(struct dashboard *d, int row, int column, bool down);

#endif
