// A whole screen from a model: the status line, the framed panes or the help, the line that says
// why, and the hint bar. It is a pure function: the same model and the same screen state give the
// same cells. Tests compare it with golden screens.
#ifndef UI_DASHBOARD_FRAME_H
#define UI_DASHBOARD_FRAME_H

#include "ui/dashboard/layout.h"
#include "ui/dashboard/view.h"

// How a person has arranged the screen.
struct screen_state {
    u8 focus; // enum pane_id
    bool zoomed, help, typing;
    int help_scroll;
    int scroll[PANES];
    u32 scale;   // machine cycles a column of the timeline
    bool prompt; // a command is being typed:
    char command[40];
    char message[160]; // stands in the line that says why, until the next key; "": none
};

void screen_state_reset(struct screen_state *state);

// Fills the whole grid. `before` may be NULL. Corrects scroll positions in the state that are
// beyond what there is.
void frame_draw(struct cells *c, const struct model *now, const struct model *before,
                struct screen_state *state);

// The pane at this cell, or -1.
int frame_pane_at(int rows, int columns, const struct model *now, const struct screen_state *state,
                  int row, int column);

#endif
