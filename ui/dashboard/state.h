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
    struct model now, before, next; // `next` is the model that is being gathered
    struct screen_state state;
    struct cells cells;
    struct search *search; // a search that is not complete; NULL if there is none
    bool search_travels;   // when the search is complete, the run goes to the last moment that the
                           // search found
    struct findings *findings;     // the results of the last search; NULL if there are none
    film_maker *film;              // makes films for the command `film`; NULL if there is none
    struct filming filming;        // the film that is being made
    pid_t gdb;                     // the process that serves gdb; 0: none
    char asked[PROMPT_SIZE];       // what the last search asked for, as the person typed it
    u32 stop_shown;                // the number of the stop in `now`; 0: none
    u64 story;                     // the trap to whose story the run is on its way; 0: to none
    u32 gathered;                  // the value of play.turns when `now` was gathered
    char argument[PROMPT_SIZE];    // the text behind the command's name; "" if a key was pressed
    char filter[FILTER_SIZE];      // the filter of pane 3; "" if there is none
    char sought[FILTER_SIZE];      // the text that was searched for last in pane 3
    enum theme theme, shown_theme; // wanted now, and what the terminal shows
    enum theme drawn_theme;        // that of the terminal: never THEME_AUTO
    bool pasting;                  // the keys that come belong to a paste
    bool no_marks;                 // the run was taken back, so no value is marked as changed
    struct model_wish wish;        // what panes 2, 6 and 7 show
    int rows, columns;
};

// What an action returns, combined by |.
enum {
    REFRESH_NOTHING = 0,
    REFRESH_SCREEN = 1, // draw the screen again
    REFRESH_MODEL = 2,  // gather the model from the machine again, too
    REFRESH_ALL = 4,    // the terminal may show something else: write every cell
    REFRESH_QUIT = 8,
    REFRESH_NEXT = 16, // the person wants the next lesson after this one
};

// Ends the process that serves gdb, if there is one.
void dashboard_gdb_end(struct dashboard *d);
// Frees what the dashboard holds, but not the struct itself.
void dashboard_close(struct dashboard *d);
// Gathers the model from the run as it is now.
void dashboard_gather(struct dashboard *d);
// To be called before a key looks at the model. Since the model was gathered, the run may have
// been taken back, or another world may have begun. The texts that the model points to are then
// gone. In that case this function forgets the texts, and gathers the model again.
void dashboard_forget_stale(struct dashboard *d);
// Shows a message until the next key. Returns what must be refreshed.
unsigned dashboard_say(struct dashboard *d, const char *text);
// To be called when the run goes on: the newest trap is selected, no phase of its story is
// selected, and changes are marked again.
void dashboard_follow_newest(struct dashboard *d);
// The run has set out for another moment, whose newest trap is then selected. A problem of the way
// is told; NULL: there is none.
unsigned dashboard_went(struct dashboard *d, const char *problem);
// Finds the number of the chosen VM among the guests of the world. Returns false if the chosen
// VM is the machine itself with a VMM on it.
bool dashboard_chosen_guest(struct dashboard *d, u32 *guest);

#endif
