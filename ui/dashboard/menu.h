// The menu that `trapeze` without arguments opens: the lessons in their order, below each lesson
// the scenarios that show more of it, then all other scenarios. Enter opens one in the dashboard.
// Without a terminal the menu is a plain list.
#ifndef UI_DASHBOARD_MENU_H
#define UI_DASHBOARD_MENU_H

#include "scenarios/script/scenario.h"
#include "ui/dashboard/filming.h"
#include "ui/terminal/cells.h"

struct menu_entry {
    const struct scenario_entry *scenario;
    char name[64]; // to give to `trapeze run`
    bool done;     // the person has finished this lesson
};

// Fills the whole grid: the list, and below it the description of the chosen entry.
void menu_draw(struct cells *c, const struct menu_entry *list, u32 count, u32 chosen);

// Runs the menu, or prints the list. `film` makes the films of the command `film`. Returns an exit
// status.
int menu_run(film_maker *film);

#endif
