// The menu that `trapeze` alone opens: the scenarios that are there, each with a description; Enter
// opens one in the dashboard. Where there is no terminal it is a plain list.
#ifndef UI_DASHBOARD_MENU_H
#define UI_DASHBOARD_MENU_H

#include "scenarios/script/scenario.h"
#include "ui/terminal/cells.h"

// Fills the whole grid: the list, and below it (beside it, where that fits) the description of the
// chosen one.
void menu_draw(struct cells *c, const struct scenario_entry *list, u32 count, u32 chosen);

// Runs the menu, or prints the list. Returns an exit status.
int menu_run(void);

#endif
