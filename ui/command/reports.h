// The files that a run writes because --state, --stats or --trace named them. Each file is
// opened before the run, so that a path that cannot be written is told at once. After the run
// each file gets its final name, whole or not at all.
#ifndef UI_COMMAND_REPORTS_H
#define UI_COMMAND_REPORTS_H

#include "scenarios/host/files.h"
#include "scenarios/world/report.h"
#include "scenarios/world/trace_file.h"

#include <time.h>

struct reports {
    const char *command;                 // the command that a message names: "boot"
    struct file_out state, stats, trace; // .file is NULL if the person did not ask for it
    struct counters counters;            // what `stats` will show
    struct trace_file *trace_file;       // writes to `trace`
    struct timespec started;
};

// A file that a run is asked to write, and the option that names it.
struct report_path {
    const char *option, *path; // path NULL: not asked for
};
// To be called before any file is opened. Returns false after a message if two of the paths are
// one file, or if a report would go to standard output (only a trace may).
bool reports_are_apart(const char *command, const struct report_path *list, size_t count);
// Returns false after a message if one of the paths is the file that the command reads, `input`.
// `what` names that file in the message: "the scenario".
bool reports_spare(const char *command, const struct report_path *list, size_t count,
                   const char *input, const char *what);
// Opens the files. A path that is NULL is left out. If the trace is "-", it goes to standard
// output, and what the program prints goes to standard error. Returns false after a message; no
// file is then open.
bool reports_open(struct reports *r, const char *command, const char *state, const char *stats,
                  const char *trace);
// Listens to what the files need of the world: the counters of the guest, and every event. The
// time of the run is counted from this call on.
void reports_listen(struct reports *r, struct world *w, u32 guest);
// Listens for the trace alone. A run that builds several worlds, one after the other, calls this
// for each of them.
void reports_listen_trace(struct reports *r, struct world *w);
// Writes the files after the run. If neither --state nor --stats was given, `w` may be NULL.
// Returns false after a message.
bool reports_write(struct reports *r, struct world *w, u32 guest, const struct consoles *consoles);
// Closes and removes the files that were not written. This call is also allowed after
// reports_write or after a reports_open that failed.
void reports_close(struct reports *r);

#endif
