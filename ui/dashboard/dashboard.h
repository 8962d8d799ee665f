// The dashboard: a scenario on the terminal, running, paused, trap by trap. It drives the scenario
// itself (scenario_advance with small budgets between frames), so a key is answered within a frame
// whatever the guests do.
//
//      scenario, observe, events --> struct model (model.h) --> views --> cells (cells.h) --> screen_curses.c -->
//      terminal
//                                         ^
//      key --> action (keys.h) -----------+
#ifndef UI_DASHBOARD_DASHBOARD_H
#define UI_DASHBOARD_DASHBOARD_H

#include "isa/types.h"
#include "ui/terminal/screen.h"

struct dashboard_options {
    u64 seed;  // 0: the scenario's own
    u64 limit; // steps in all; 0: no limit
    enum colour colour;
    bool ascii;  // boxes of + - | instead of line drawing
    bool paused; // do not start running at once
};

// Opens the scenario file and shows it until the person quits. Returns an exit status: that of the
// scenario if it had ended, else 0; a file that cannot be opened is reported on stderr before the
// terminal is touched. Call only if screen_possible.
int dashboard_run(const char *path, const struct dashboard_options *options);

#endif
