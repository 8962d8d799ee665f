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

// Where a person is in the list.
struct menu_place {
    u32 chosen, first; // the chosen entry, and the entry on the top row
};

// Fills the whole grid: the list, and below it the description of the chosen entry. `notice` stands
// in place of the hints; "" if there is none. Changes place->first if the chosen entry would not be
// seen.
void menu_draw(struct cells *c, const struct menu_entry *list, u32 count, struct menu_place *place,
               const char *notice);

// Runs the menu, or prints the list. `film` makes films for the command `film` of the dashboard.
// Returns an exit status.
int menu_run(film_maker *film);

#endif
