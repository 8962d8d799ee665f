// The command `film`: what a person has done in the dashboard becomes a film, from the start of the
// run to the moment that is shown. All that was typed, answered and changed by hand is in it, and
// bookmarks are its markers. A child process makes the film (ui/film/order.c), so keys are answered
// meanwhile.
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
    const char *title;            // harmless
    bool page;                    // a web page; false: a cast
    int rows, columns;            // of the person's screen
    enum theme theme;
};

// Makes a film and writes it. Returns false and a message (WORLD_ERROR bytes) if that fails. The
// dashboard gets this function from its caller, since the makers of films build upon the dashboard.
typedef bool film_maker(const struct film_order *order, FILE *to, char *error);

struct filming {
    pid_t child; // 0: no film is being made
    int said;    // the end of its pipe: why it failed
    struct file_out out;
};

// Begins. Returns false and a message (WORLD_ERROR bytes) if that cannot be.
bool filming_begin(struct filming *f, film_maker *maker, const struct film_order *order,
                   const char *path, char *error);
// Waits for so many milliseconds at most. Returns whether the film is done, or has failed; `text`
// then tells the person which. WORLD_ERROR bytes.
bool filming_wait(struct filming *f, int milliseconds, char *text);
// Gives the film up, if one is being made. Nothing is left of it.
void filming_end(struct filming *f);

#endif
