// The banner is a box below the panes. In a lesson the banner shows what the script says, a
// question with its choices, the reason for the choice that the viewer took, and the end of the
// lesson. The banner also shows the text of a mark() and the explanation of a word. The banner
// stands below the panes, so it covers no pane that a lesson points at.
//
//      +-Lesson 1  One trap --- stop 2 ------------------------------------------+
//      | csrw is for mode K only. What will the hart do?                         |
//      |   [ ] write 7 into sscratch                                             |
//      |   [x] trap                                                              |
//      +-- arrows choose  Enter answers  Esc skips  Backspace goes back ---------+
// Read next: ui/dashboard/frame.h.
#ifndef UI_DASHBOARD_BANNER_H
#define UI_DASHBOARD_BANNER_H

#include "ui/dashboard/screen_state.h"
#include "ui/dashboard/view.h"

// Returns how many rows the banner needs on a screen of this width, its frame included. Returns
// 0 if there is nothing to show.
int banner_rows(const struct model *now, const struct screen_state *state, int columns);
// Returns true if the banner shows the message, or the error of the script, because the line for
// it is too short.
bool banner_has_message(const struct model *now, const struct screen_state *state, int columns);
// Returns true if the banner shows the end of a lesson.
bool banner_is_end(const struct model *now, const struct screen_state *state);

// Write the text of the upper and of the lower line of the banner's frame. `to` has VIEW_TITLE
// bytes.
void banner_title(const struct model *now, const struct screen_state *state, int columns, char *to);
void banner_keys(const struct model *now, const struct screen_state *state, int columns, char *to);
// Draws the inside of the frame. If state->banner_scroll is beyond the end of the text, it is
// set to the last possible value.
void banner_draw(const struct model *now, struct screen_state *state, const struct area *area);

#endif
