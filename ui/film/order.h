// Makes the film that the dashboard's command `film` orders (ui/dashboard/filming.h): a film of
// what a person has done.
// Read next: ui/gdb/server.h.
#ifndef UI_FILM_ORDER_H
#define UI_FILM_ORDER_H

#include "ui/dashboard/filming.h"

// A film_maker (ui/dashboard/filming.h). If the person's screen is smaller or larger than a film
// can be, the film gets the nearest size.
bool film_of_order(const struct film_order *order, FILE *to, char *error);

#endif
