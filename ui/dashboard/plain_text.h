// What the dashboard in lines prints on standard output: what a command did, and what a screen
// would show. No line needs more than the words of the line itself, so a screen reader can read it
// aloud. Read next: ui/dashboard/plain.h.
#ifndef UI_DASHBOARD_PLAIN_TEXT_H
#define UI_DASHBOARD_PLAIN_TEXT_H

#include "ui/dashboard/dashboard.h"
#include "ui/dashboard/state.h"

#define PLAIN_ROWS 50 // of a screen that is printed
#define PLAIN_COLUMNS 120

// Prints the result of a command: the newest trap, if it is another one than before; what a search
// has found; where the run is; and the message. `traps`, `generation`, `findings` and `was_over`
// are those of the moment before the command: how many traps there were, in which world, what the
// last search had found, and whether the run was over.
void plain_outcome(struct dashboard *d, u64 traps, u32 generation, const struct findings *findings,
                   bool was_over);

// Prints the whole screen, with its frames.
void plain_screen(struct dashboard *d);

// Prints the pane with this number ('0' to '9') without its frame and without empty rows. Returns
// false if there is no such pane.
bool plain_pane(struct dashboard *d, int key);

#endif
