// A view draws the content of one pane into an area of cells. A view is a pure function of the
// model now and the model before. Each view is one file that ends in its struct pane.
// ui/dashboard/frame.c puts the views together into a screen.
// Read next: ui/dashboard/view_console.c.
#ifndef UI_DASHBOARD_VIEW_H
#define UI_DASHBOARD_VIEW_H

#include "ui/terminal/cells.h"
#include "ui/dashboard/model.h"

enum pane_id {
    PANE_GUESTS,
    PANE_VCPU,
    PANE_TRAPS,
    PANE_EXITS,
    PANE_TIMELINE,
    PANE_PAGES,
    PANE_CONSOLE,
    PANE_SCENARIO,
    PANE_STOPS,
    PANE_STORY,
    PANES
};

// How a person has arranged one pane.
struct pane_state {
    bool focused;
    int scroll;  // how many lines the person has scrolled away from where the view begins by itself
    u32 scale;   // machine cycles that one column of the timeline stands for
    bool typing; // keys go to the guest's console
    u32 phase;   // the chosen phase of the story, from 1; 0: none is chosen
    const char *words; // words that must be shown, separated by spaces; NULL or "": none
};

#define VIEW_TITLE 96

struct pane {
    char key; // the key that gives this pane the focus
    const char *name;
    const char *help; // one line that says what the pane shows
    // Writes the text that stands in the frame behind the name. `to` has VIEW_TITLE bytes. May
    // be NULL.
    void (*title)(const struct model *now, const struct pane_state *state, char *to);
    // Draws the pane. `before` is never NULL; at first it equals `now`. If state->scroll is
    // beyond the end of the content, it is set to the last possible value.
    void (*draw)(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area);
};

// Returns true if this word is among `words`, the words that must be shown.
bool view_must_show(const char *words, const char *word);

extern const struct pane view_guests, view_vcpu, view_traps, view_exits, view_timeline, view_pages,
    view_console, view_scenario, view_stops, view_story;
extern const struct pane *const panes[PANES]; // by enum pane_id

#endif
