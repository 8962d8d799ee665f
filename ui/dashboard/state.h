// The dashboard's whole state, and what many actions do to it.
// Read next: ui/dashboard/actions.h.
#ifndef UI_DASHBOARD_STATE_H
#define UI_DASHBOARD_STATE_H

#include "ui/dashboard/drive.h"
#include "ui/dashboard/filming.h"
#include "ui/dashboard/frame.h"
#include "ui/dashboard/search.h"
#include "ui/terminal/theme.h"

#include <sys/types.h>

// The dashboard's whole state.
struct dashboard {
    struct drive drive;
    struct model now, before, next; // next: the one that is being gathered
    struct screen_state state;
    struct cells cells;
    struct search *search;         // under way; NULL: none
    bool search_travels;           // at its end the run goes to the last moment that it found
    struct findings *findings;     // of the last search; NULL: none
    film_maker *film;              // of :film; NULL: there is none
    struct filming filming;        // the film that is being made
    pid_t gdb;                     // the process that serves gdb; 0: none
    char asked[PROMPT_SIZE];       // for what it searched
    u32 stop_shown;                // the number of the stop in `now`; 0: none
    u64 story;                     // the trap to whose story the run is on its way; 0: to none
    u32 gathered;                  // play.turns when `now` was gathered
    char argument[PROMPT_SIZE];    // what stood behind the command's name; "" if a key was pressed
    char filter[FILTER_SIZE];      // of pane 3; "": none
    char sought[FILTER_SIZE];      // what was searched for last
    enum theme theme, shown_theme; // wanted now, and what the terminal shows
    enum theme drawn_theme;        // that of the terminal: never THEME_AUTO
    bool pasting;                  // the keys are those of a paste
    bool no_marks;                 // the run was taken back, so nothing is marked as changed
    struct model_wish wish;        // what panes 2, 6 and 7 show
    int rows, columns;
};

// What an action returns, combined by |.
enum {
    REFRESH_NOTHING = 0,
    REFRESH_SCREEN = 1, // draw again
    REFRESH_MODEL = 2,  // look at the machine again, too
    REFRESH_ALL = 4,    // the terminal may show something else: write everything
    REFRESH_QUIT = 8,
    REFRESH_NEXT = 16, // after quitting, the next lesson is wanted
};

// Ends the process that serves gdb, if there is one.
void dashboard_gdb_end(struct dashboard *d);
// Frees what the dashboard holds, but not the struct itself.
void dashboard_close(struct dashboard *d);
// Gathers the model from the run as it is now.
void dashboard_gather(struct dashboard *d);
// The run may have been taken back, or another world may have begun, since the model was gathered.
// Then the texts in the model are gone: forgets them, and gathers the model anew. Called before a
// key looks at the model.
void dashboard_forget_stale(struct dashboard *d);
// Shows a message until the next key.
unsigned dashboard_say(struct dashboard *d, const char *text);
// The run goes on: the newest trap is selected, no phase of its story is, and changes are marked.
void dashboard_follow_newest(struct dashboard *d);
// The run has set out for another moment, whose newest trap is then selected. A problem of the way
// is told; NULL: there is none.
unsigned dashboard_went(struct dashboard *d, const char *problem);
// Finds the chosen VM among the guests of the world. False: it is the machine itself, with a VMM.
bool dashboard_chosen_guest(struct dashboard *d, u32 *guest);

#endif
