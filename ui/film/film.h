// A film is a run as a list of screens of the dashboard, made without a terminal and without a
// person. The film has a frame for each trap and for each stop of the script. If there are more
// traps than a film has frames, the film shows every second trap, or every third, and so on. The
// times follow from the run alone, so the same run gives the same film, byte for byte. The run
// is a scenario from its start, or a recording (trapeze replay), or what a person has done in
// the dashboard.
//
//     scenario --> film --> a sink: a cast (ui/film/cast.h) or a page (ui/film/web_page.h)
// Read next: ui/film/film.c.
#ifndef UI_FILM_FILM_H
#define UI_FILM_FILM_H

#include "ui/dashboard/model.h"
#include "ui/dashboard/playback.h"
#include "ui/terminal/cells.h"

#define FILM_TRAPS 400 // the most traps that a film shows
#define FILM_ROWS_MIN 24
#define FILM_COLUMNS_MIN 80
#define FILM_SIDE_MAX 300 // the most rows or columns

struct film_options {
    struct scenario_options run; // only script, seed, limit and engine count
    int rows, columns;           // FILM_ROWS_MIN, FILM_COLUMNS_MIN to FILM_SIDE_MAX
    // A loaded recording, whose input is given again at its moments. NULL: nobody types.
    struct recording *recording;
    // A run that a person drives, instead of `run` and the path. The film has all that was
    // typed, answered and changed by hand, and it ends at the moment where that run is. NULL:
    // there is no such run.
    const struct playback *lived;
    const struct stops *stops; // its bookmarks become markers of the film; NULL: there are none
};

struct film_frame {
    u64 time; // milliseconds from the start of the film
    const struct cells *cells;
    const struct model *model;
    // What the script said here, or the name of a person's bookmark, as harmless text
    // (ui/terminal/text.h). NULL: there is neither.
    const char *marker;
    bool trap; // the run is at the moment just after a trap
};

// The receiver of the frames: the function is called once for each frame.
struct film_sink {
    void (*frame)(void *context, const struct film_frame *frame);
    void *context;
};

// Runs the scenario, and gives each frame to all sinks. Returns the exit status of the scenario.
// If the scenario cannot be opened or fails, `error` (WORLD_ERROR bytes) says why, otherwise it
// is "".
int film_run(const char *path, const struct film_options *options, const struct film_sink *sinks,
             u32 count, char *error);

#endif
