// The menu that `trapeze` without arguments opens: a list of the scenarios, each with a
// description. Enter opens one in the dashboard. Without a terminal the menu is a plain list.
#ifndef UI_DASHBOARD_MENU_H
#define UI_DASHBOARD_MENU_H

#include "scenarios/script/scenario.h"
#include "ui/terminal/cells.h"

// Fills the whole grid: the list, and below it the description of the chosen scenario.
void menu_draw(struct cells *c, const struct scenario_entry *list, u32 count, u32 chosen);

// Runs the menu, or prints the list. Returns an exit status.
int menu_run(void);

#endif
