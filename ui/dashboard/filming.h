// The command `film` makes a film of what a person has done in the dashboard, from the start of
// the run to the moment that is shown. The film has all that the person typed, answered and
// changed by hand. The bookmarks become markers of the film. A child process makes the film
// (ui/film/order.c), so the dashboard answers keys meanwhile.
//
//     do_film --> child: d->film(order) --> the file, when the child is done
// Read next: ui/dashboard/drive.h.
#ifndef UI_DASHBOARD_FILMING_H
#define UI_DASHBOARD_FILMING_H

#include "scenarios/host/files.h"
#include "ui/dashboard/playback.h"
#include "ui/dashboard/stops.h"
#include "ui/terminal/theme.h"

#include <sys/types.h>

struct film_order {
    const struct playback *lived; // the film ends where it stands
    const struct stops *stops;    // with the bookmarks
    const char *title;            // free of control characters (ui/terminal/text.h)
    bool page;                    // true: a web page; false: an asciinema cast
    int rows, columns;            // of the person's screen
    enum theme theme;
};

// Makes a film and writes it. Returns false, with a message in `error` (WORLD_ERROR bytes), if
// that fails. The dashboard gets this function from its caller, because the makers of films
// build upon the dashboard, and not the other way round.
typedef bool film_maker(const struct film_order *order, FILE *to, char *error);

struct filming {
    pid_t child; // 0: no film is being made
    int said;    // the end of its pipe, from which the reason of a failure is read
    struct file_out out;
};

// Begins a film. Returns false, with a message in `error` (WORLD_ERROR bytes), if no film can be
// made.
bool filming_begin(struct filming *f, film_maker *maker, const struct film_order *order,
                   const char *path, char *error);
// Waits at most this number of milliseconds. Returns true if the film is complete or has failed.
// `text` (WORLD_ERROR bytes) then tells the person which of the two it is.
bool filming_wait(struct filming *f, int milliseconds, char *text);
// Ends the making of a film, if there is one, and removes what was written of it.
void filming_end(struct filming *f);

#endif
