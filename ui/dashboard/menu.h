// `trapeze` without arguments opens this menu. It shows the lessons in their order. Below each
// lesson stand the scenarios that show more about its subject. All other scenarios follow. Enter
// opens an entry in the dashboard. Without a terminal the menu is printed as a list.
#ifndef UI_DASHBOARD_MENU_H
#define UI_DASHBOARD_MENU_H

#include "scenarios/script/scenario.h"
#include "ui/dashboard/filming.h"
#include "ui/terminal/cells.h"

struct menu_entry {
    const struct scenario_entry *scenario;
    char name[64]; // the operand for `trapeze run`
    bool done;     // the person has finished this lesson
};

// Fills the whole grid: the list, and below it the description of the chosen entry.
void menu_draw(struct cells *c, const struct menu_entry *list, u32 count, u32 chosen,
               const char *notice);

// Runs the menu, or prints the list. `film` makes films for the command `film` of the dashboard.
// Returns an exit status.
int menu_run(film_maker *film);

#endif
