// Pointing at places in panes. A lesson points with say{look=}, and each phase of a story
// points, too. A place is the number of a pane, and perhaps a word that the pane shows:
//
//      "2:sscratch 2:sepc 3"       the words sscratch and sepc in pane 2; pane 3 as a whole
// Read next: ui/dashboard/layout.h.
#ifndef UI_DASHBOARD_POINTING_H
#define UI_DASHBOARD_POINTING_H

#include "ui/dashboard/screen_state.h"

#define POINTING_SIZE 64

// Returns the phase of the selected trap's story that a person has stepped to, from 1; 0 if
// there is none.
u32 pointing_phase(const struct model *now, const struct screen_state *state);

// Writes the places that are pointed at now into `to` (POINTING_SIZE bytes), and returns `to`.
// The places of a phase stand before the places of a lesson.
const char *pointing_places(const struct model *now, const struct screen_state *state, char *to);

// Returns a mask of the panes among these places (1 << enum pane_id).
u32 pointing_panes(const char *places);
// Writes the words of one pane among these places into `to` (POINTING_SIZE bytes), separated by
// spaces.
void pointing_words(const char *places, enum pane_id pane, char *to);

// Marks these words wherever the area shows them.
void pointing_mark(const struct area *a, const char *words);

#endif
