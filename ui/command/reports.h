// The files that a run writes because --state, --stats or --trace named them. Each is opened before
// the run, so that a path that cannot be written is told at once, and is put in its place after the
// run, whole or not at all.
#ifndef UI_COMMAND_REPORTS_H
#define UI_COMMAND_REPORTS_H

#include "scenarios/host/files.h"
#include "scenarios/world/report.h"
#include "scenarios/world/trace_file.h"

#include <time.h>

struct reports {
    const char *command;                 // whose messages they are: "boot"
    struct file_out state, stats, trace; // .file is NULL if the person did not ask for it
    struct counters counters;            // for `stats`
    struct trace_file *trace_file;       // writes to `trace`
    struct timespec started;
};

// What a run is asked to write, by the names of its options. Before anything is opened: false, and
// a message, if two of them are one file, or if a report would go to standard output (a trace may).
struct report_path {
    const char *option, *path; // path NULL: not asked for
};
bool reports_are_apart(const char *command, const struct report_path *list, size_t count);
// The same if one of them is the file that the command reads. `what` names that file: "the
// scenario".
bool reports_spare(const char *command, const struct report_path *list, size_t count,
                   const char *input, const char *what);
// Opens the files; a path that is NULL is none. If the trace is "-", it goes to standard output,
// and what the program prints goes to standard error. False: a message was printed, and nothing is
// open.
bool reports_open(struct reports *r, const char *command, const char *state, const char *stats,
                  const char *trace);
// Listens to what the files need of the world: the counters of the guest, every event. The time of
// the run is counted from here on.
void reports_listen(struct reports *r, struct world *w, u32 guest);
// Listens for the trace alone: for a run that builds several worlds in turn, and for each of them.
void reports_listen_trace(struct reports *r, struct world *w);
// Writes the files after the run; without --state and --stats no world is needed. False: a message
// was printed.
bool reports_write(struct reports *r, struct world *w, u32 guest, const struct consoles *consoles);
// Forgets what was not written. Also allowed after reports_write or a failed reports_open.
void reports_close(struct reports *r);

#endif
