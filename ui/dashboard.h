// The dashboard: a scenario on the terminal, running, paused, trap by trap. It drives the scenario itself (scenario_advance with small
// budgets between frames), so a key is answered within a frame whatever the guests do.
//
//      scenario, observe, events --> struct model (model.h) --> views --> cells (cells.h) --> screen_curses.c --> terminal
//                                         ^
//      key --> action (keys.h) -----------+
#ifndef UI_DASHBOARD_H
#define UI_DASHBOARD_H

#include "isa/types.h"

struct scenario;

enum colour { COLOUR_AUTO, COLOUR_ALWAYS, COLOUR_NEVER };
extern const char *const colour_names[]; // "auto", "always", "never", closed by NULL: for option_choice

struct dashboard_options {
    enum colour colour; // AUTO: as the terminal can, unless NO_COLOR is set
    bool ascii;         // boxes of + - | instead of line drawing
    u64 limit;          // steps after which the run pauses; 0: none
};

// Can the dashboard open here: are stdin and stdout a terminal that can move its cursor? If not, *why says what is missing.
bool dashboard_possible(const char **why);

// Shows the scenario until the person quits. Returns an exit status (ui/options.h): 1 if the scenario had ended with a failed check, else
// 0. The terminal is restored on every way out.
int dashboard_run(struct scenario *sc, const struct dashboard_options *options);

#endif
