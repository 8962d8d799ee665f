// The banner of a lesson: what the script says, a question with its choices, the reason for the
// choice that the viewer took, and the end of a lesson. It stands below the panes, so that it
// covers none at which the lesson points. The text of a mark() stands here,
// too, and the explanation of a word.
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

// How many rows the banner needs on this width, its frame included; 0: it has nothing to say.
int banner_rows(const struct model *now, const struct screen_state *state, int columns);
// Is it the end of a lesson?
bool banner_is_end(const struct model *now, const struct screen_state *state);

// What stands in the upper and in the lower line of its frame; `to` has VIEW_TITLE bytes.
void banner_title(const struct model *now, const struct screen_state *state, int columns, char *to);
void banner_keys(const struct model *now, const struct screen_state *state, int columns, char *to);
// Draws what stands inside the frame. Corrects state->banner_scroll if it is beyond the text.
void banner_draw(const struct model *now, struct screen_state *state, const struct area *area);

#endif
