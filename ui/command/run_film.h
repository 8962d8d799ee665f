// trapeze run --cast FILE, --html FILE: a scenario as a film, in one file or in both.
#ifndef UI_COMMAND_RUN_FILM_H
#define UI_COMMAND_RUN_FILM_H

#include "ui/dashboard/dashboard.h"

struct film_files {
    const char *cast, *html; // files to write; NULL: not wanted
    const char *size;        // "80x24", as the person gave it
};

// Runs the scenario at `path` and writes the files, whole or not at all. Returns the exit status of
// the scenario, or that of a file that could not be written.
int run_film(const char *path, const struct dashboard_options *options,
             const struct film_files *files);

#endif
