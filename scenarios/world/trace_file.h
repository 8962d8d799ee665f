// A file with every event of a run, in one of three forms. The file's name chooses the form:
//
//     *.json   a trace for Perfetto (ui.perfetto.dev) or chrome://tracing: trace_chrome.h
//     *.csv    a table: a row of names, then a row for each event (RFC 4180)
//     other    JSON Lines: an object for each event, one a line
//
// Values are alike in all forms: numbers are decimal; addresses, words and register values are
// strings such as "0x80400000".
#ifndef SCENARIOS_WORLD_TRACE_FILE_H
#define SCENARIOS_WORLD_TRACE_FILE_H

#include "scenarios/world/world.h"

#include <stdio.h>

struct trace_file;

// Writes to `to`, which stays the caller's, in the form that the name chooses. NULL: out of memory.
struct trace_file *trace_file_begin(FILE *to, const char *name);
// Listens to a world from now on. A run that builds several worlds in turn calls this for each.
void trace_file_listen(struct trace_file *t, struct world *w);
// Completes what was written, and frees t, which may be NULL. Errors of writing are kept in `to`.
void trace_file_end(struct trace_file *t);

#endif
