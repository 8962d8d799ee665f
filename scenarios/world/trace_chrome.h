// Events as a trace for Perfetto or chrome://tracing, in the "Trace Event Format". A cycle of the
// machine is a microsecond of the trace.
//
//     process "harts"   a track for each hart: who runs, and what the VMM does about each exit
//         |g1        |exit|fill|g1             |exit|reflect|g1      |
//         |  |g1.1   |         |  |g1.1        |                 a nested guest lies in its VMM
//     process "VCPUs"   a track for each VCPU: when it runs, when it waits, what its VMM tells
//     flow              an arrow from a reflected trap to where the guest's handler begins to run
//     counters          exits so far, by what the VMM did
//     args              of each event: the event as in the other forms of a trace (trace_json)
#ifndef SCENARIOS_WORLD_TRACE_CHROME_H
#define SCENARIOS_WORLD_TRACE_CHROME_H

#include "scenarios/world/world.h"

#include <stdio.h>

struct trace_chrome;

struct trace_chrome *trace_chrome_begin(FILE *to); // NULL: out of memory
// Names the tracks of this world. The events that follow belong to it. Returns false if there is
// no memory.
bool trace_chrome_world(struct trace_chrome *t, const struct world *w);
void trace_chrome_event(struct trace_chrome *t, const struct event *e);
// Completes the JSON text, and frees t, which may be NULL.
void trace_chrome_end(struct trace_chrome *t);

#endif
