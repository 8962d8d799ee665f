// A film of what a person has done in the dashboard: the command `film` orders one
// (ui/dashboard/filming.h).
// Read next: ui/gdb/server.h.
#ifndef UI_FILM_ORDER_H
#define UI_FILM_ORDER_H

#include "ui/dashboard/filming.h"

// A film_maker. A screen that is smaller or larger than a film can be gets the nearest size.
bool film_of_order(const struct film_order *order, FILE *to, char *error);

#endif
