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

// Writes to `to`, which the caller keeps, in the form that the name chooses. Returns NULL if
// there is no memory.
struct trace_file *trace_file_begin(FILE *to, const char *name);
// Listens to a world from now on. A run that builds several worlds calls this for each of them.
void trace_file_listen(struct trace_file *t, struct world *w);
// Completes what was written, and frees t, which may be NULL. After a write error ferror(to) is
// true.
void trace_file_end(struct trace_file *t);

#endif
