// The dashboard: a scenario on the terminal, running, paused, trap by trap. It drives the scenario
// itself, a small number of steps between two frames, so a key is answered within a frame whatever
// the guests do.
//
//      scenario, observers, events --> model.h --> views --> cells.h --> screen_curses.c
//                                         ^
//      key --> keys.def --> action -------+
#ifndef UI_DASHBOARD_DASHBOARD_H
#define UI_DASHBOARD_DASHBOARD_H

#include "sim/machine_config.h"
#include "ui/terminal/screen.h"

#include <stdio.h>

struct lab;
struct recording;
struct film_order;

struct dashboard_options {
    const char *script; // the scenario's text; NULL: it is in the file
    u64 seed;           // 0: the scenario's own
    u64 limit;          // steps in all; 0: no limit
    enum engine_choice engine;
    u32 costs; // as in struct scenario_options
    enum colour colour;
    enum theme theme;
    bool ascii;                  // boxes of + - | instead of line drawing
    bool paused;                 // do not start running at once
    struct recording *recording; // hears the run; NULL: none
    struct lab *lab; // the file is a lab's, and its task is LAB_REPLAY; NULL: it is none
    bool (*film)(const struct film_order *order, FILE *to, char *error); // ui/dashboard/filming.h
    const char *message; // stands on the message line at first; NULL: none
    u64 moment;          // of a lab: go to this number of steps at once, and wait there
};

// Opens the scenario and shows it until the person quits. Returns an exit status: that of the
// scenario if it came to its end, otherwise 0. If it cannot be opened, a message goes to
// stderr before the terminal is touched. May be called only if screen_possible.
int dashboard_run(const char *path, const struct dashboard_options *options);

#endif
