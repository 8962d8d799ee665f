// A whole screen from a model: the status line, the framed panes or the help, the line that says
// why, and the hint bar. It is a pure function: the same model and the same screen state give the
// same cells. Tests compare it with golden screens.
// Read next: ui/dashboard/playback.h.
#ifndef UI_DASHBOARD_FRAME_H
#define UI_DASHBOARD_FRAME_H

#include "ui/dashboard/layout.h"
#include "ui/dashboard/screen_state.h"

void screen_state_reset(struct screen_state *state);

// Fills the whole grid. `before` may be NULL. Corrects scroll positions in the state that are
// beyond what there is.
void frame_draw(struct cells *c, const struct model *now, const struct model *before,
                struct screen_state *state);

// A new stop of a lesson came: the focus goes to a pane at which it points.
void frame_point(struct screen_state *state, const struct model *now);

// What the layout needs to know for a screen of this size.
struct layout_wish frame_wish(int rows, int columns, const struct model *now,
                              const struct screen_state *state);
// The pane at this cell, or -1.
int frame_pane_at(const struct layout_wish *wish, int row, int column);

#endif
