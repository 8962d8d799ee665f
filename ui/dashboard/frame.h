// A whole screen from a model: status line, framed panes, the line that says why, hint bar; or the
// help. A pure function: the same model and the same look give the same cells. Tests hold golden
// copies of it.
#ifndef UI_DASHBOARD_FRAME_H
#define UI_DASHBOARD_FRAME_H

#include "ui/dashboard/layout.h"
#include "ui/dashboard/view.h"

// What a person has done to the look of the screen.
struct screen_state {
    u8 focus; // enum pane_id
    bool zoomed, help, typing;
    int help_scroll;
    int scroll[PANES];
    u32 scale;   // machine cycles a column of the timeline
    bool prompt; // a command is being typed:
    char command[40];
    char message[160]; // stands in the why line until the next key; "" if none
};

void screen_state_reset(struct screen_state *state);

// Fills the whole grid. `before` may be NULL.
void frame_draw(struct cells *c, const struct model *now, const struct model *before,
                const struct screen_state *state);

// The pane at this cell, or -1.
int frame_pane_at(int rows, int columns, const struct model *now, const struct screen_state *state,
                  int row, int column);

#endif
