// A run as a film: the screens of the dashboard, one after the other, without a terminal and
// without a person. There is a frame for each trap and for each stop of the script. If there are
// more traps than a film has frames, it shows every second trap, or every third, and so on. The
// times follow from the run alone, so the same run gives the same film, byte for byte.
//
//     scenario --> film --> a sink: a cast (ui/film/cast.h) or a page (ui/film/web_page.h)
// Read next: ui/film/film.c.
#ifndef UI_FILM_FILM_H
#define UI_FILM_FILM_H

#include "ui/dashboard/model.h"
#include "ui/terminal/cells.h"

#define FILM_TRAPS 400 // traps that a film shows at most
#define FILM_ROWS_MIN 24
#define FILM_COLUMNS_MIN 80
#define FILM_SIDE_MAX 300 // rows or columns

struct film_options {
    struct scenario_options run; // script, seed, limit and engine count
    int rows, columns;           // FILM_ROWS_MIN, FILM_COLUMNS_MIN to FILM_SIDE_MAX
};

struct film_frame {
    u64 time; // milliseconds from the start of the film
    const struct cells *cells;
    const struct model *model;
    const char *marker; // what the script said here, harmless; NULL: it is no stop of the script
    bool trap;          // the run stands just behind a trap
};

// Whoever takes the frames, one by one.
struct film_sink {
    void (*frame)(void *context, const struct film_frame *frame);
    void *context;
};

// Runs the scenario, and gives each frame to all sinks. Returns the exit status of the scenario; if
// it cannot be opened or fails, `error` (WORLD_ERROR bytes) says why, otherwise it is "".
int film_run(const char *path, const struct film_options *options, const struct film_sink *sinks,
             u32 count, char *error);

#endif
