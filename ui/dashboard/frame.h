// Draws a whole screen from a model: the status line, the framed panes or the help, the line
// that explains the selected trap, and the hint bar. frame_draw is a pure function: the same
// model and the same screen state give the same cells. Tests compare the cells with golden
// screens.
// Read next: ui/dashboard/playback.h.
#ifndef UI_DASHBOARD_FRAME_H
#define UI_DASHBOARD_FRAME_H

#include "ui/dashboard/layout.h"
#include "ui/dashboard/screen_state.h"

void screen_state_reset(struct screen_state *state);

// Fills the whole grid. `before` may be NULL. A scroll position in the state that is beyond the
// end of its content is set to the last possible value.
void frame_draw(struct cells *c, const struct model *now, const struct model *before,
                struct screen_state *state);
// The same, but only this pane: its title in the first row, its content below, and no frame.
void frame_draw_pane(struct cells *c, enum pane_id pane, const struct model *now,
                     const struct model *before, struct screen_state *state);

// A lesson has come to a new stop: gives the focus to a pane that the stop points at.
void frame_point(struct screen_state *state, const struct model *now);

// Returns what the layout needs to know for a screen of this size.
struct layout_wish frame_wish(int rows, int columns, const struct model *now,
                              const struct screen_state *state);
// Returns the pane (enum pane_id) at this cell, or -1 if there is none.
int frame_pane_at(const struct layout_wish *wish, int row, int column);

#endif
