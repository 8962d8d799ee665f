// The options --cast FILE and --html FILE of trapeze run and trapeze replay. They make a film of
// a scenario, or of a recording of one, in one file or in both.
#ifndef UI_COMMAND_RUN_FILM_H
#define UI_COMMAND_RUN_FILM_H

#include "ui/dashboard/dashboard.h"

struct film_files {
    const char *cast, *html; // files to write; NULL: not wanted
    const char *size;        // "80x24", as the person gave it
};

// Runs the scenario at `path` and writes the files, whole or not at all. If options->recording
// is not NULL, it is a loaded recording, and its input is given again. Returns the exit status
// of the scenario, or the status for a file that could not be written.
int run_film(const char *command, const char *path, const struct dashboard_options *options,
             const struct film_files *files);

#endif
