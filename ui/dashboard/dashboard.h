// The dashboard shows a scenario on the terminal. The scenario runs, or is paused, or goes on
// trap by trap. The dashboard itself drives the scenario, by a small number of steps between two
// frames. So each key is answered within the time of one frame, whatever the guests do.
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
    const char *script; // the scenario's text; NULL if the text is in the file
    u64 seed;           // 0: the seed that the scenario itself names
    u64 limit;          // the most steps that the run may take; 0: no limit
    enum engine_choice engine;
    u32 costs; // the cost table, as in struct scenario_options
    enum colour colour;
    enum theme theme;
    bool ascii;                  // boxes are made of + - | and not of line drawing
    bool paused;                 // the run waits at its start
    struct recording *recording; // records the run; NULL if nothing records it
    struct lab
        *lab; // the lab that the file belongs to, with the task LAB_REPLAY; NULL if there is none
    bool (*film)(const struct film_order *order, FILE *to,
                 char *error); // makes films (ui/dashboard/filming.h)
    const char *message;       // stands on the message line at first; NULL for no message
    u64 moment; // of a lab: the dashboard goes to this number of steps at once, and waits there
};

// Opens the scenario and shows it until the person quits. If the scenario came to its end,
// returns the exit status of the scenario, otherwise 0. If the scenario cannot be opened, a
// message goes to stderr before the terminal is touched. May be called only if screen_possible
// returns true.
int dashboard_run(const char *path, const struct dashboard_options *options);

#endif
