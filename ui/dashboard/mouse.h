// The mouse. A click selects the thing under the mouse, and the wheel scrolls the pane under the
// mouse. Everything that the mouse does, a key does, too.
// Read next: ui/dashboard/state.h.
#ifndef UI_DASHBOARD_MOUSE_H
#define UI_DASHBOARD_MOUSE_H

#include "ui/dashboard/state.h"

// Both return what must be refreshed (ui/dashboard/state.h). `row` and `column` count from 0.
unsigned dashboard_click(struct dashboard *d, int row, int column);
unsigned dashboard_wheel(struct dashboard *d, int row, int column, bool down);

#endif
