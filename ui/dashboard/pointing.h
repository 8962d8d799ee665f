// Pointing at places in panes: a lesson does it (say{look=}), and so does each phase of a story. A
// place is the number of a pane, and perhaps a word that the pane shows:
//
//      "2:sscratch 2:sepc 3"       the words sscratch and sepc in pane 2; pane 3 as a whole
// Read next: ui/dashboard/layout.h.
#ifndef UI_DASHBOARD_POINTING_H
#define UI_DASHBOARD_POINTING_H

#include "ui/dashboard/screen_state.h"

#define POINTING_SIZE 64

// The phase of the selected trap's story that a person has stepped to, from 1; 0: none.
u32 pointing_phase(const struct model *now, const struct screen_state *state);

// The places that are pointed at now, into `to` of POINTING_SIZE bytes. Those of a phase come
// before those of a lesson.
const char *pointing_places(const struct model *now, const struct screen_state *state, char *to);

// A mask of the panes among these places.
u32 pointing_panes(const char *places);
// The words of one pane among these places, separated by spaces, into `to` of POINTING_SIZE bytes.
void pointing_words(const char *places, enum pane_id pane, char *to);

// Marks these words wherever the pane shows them.
void pointing_mark(const struct area *a, const char *words);

#endif
