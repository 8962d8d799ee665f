// --cast FILE, --html FILE of trapeze run and trapeze replay: a scenario, or what was recorded of
// one, as a film, in one file or in both.
#ifndef UI_COMMAND_RUN_FILM_H
#define UI_COMMAND_RUN_FILM_H

#include "ui/dashboard/dashboard.h"

struct film_files {
    const char *cast, *html; // files to write; NULL: not wanted
    const char *size;        // "80x24", as the person gave it
};

// Runs the scenario at `path` and writes the files, whole or not at all. options->recording, if it
// is there, is a loaded one, whose input is given again. Returns the exit status of the scenario,
// or that of a file that could not be written.
int run_film(const char *command, const char *path, const struct dashboard_options *options,
             const struct film_files *files);

#endif
