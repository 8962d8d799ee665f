// What is measured, and how: host time around whole runs of two lengths, the difference divided by the difference in
// length. So start and end of a run do not count, and no guest has to know the time.
//
//     workloads.c   what runs: programs of the guest kernel kite, and small kernels in assembly of our own
//     measure.c     one run: here (bare, or under VMMs), or by QEMU; processor time, since a host has other things to
//     do extras.c      what is no loop: start, memory at rest, many guests main.c        columns side by side,
//     interleaved, medians; the table or JSON
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "isa/types.h"

enum column { COLUMN_BARE, COLUMN_DEPTH1, COLUMN_DEPTH2, COLUMN_QEMU, COLUMNS };
extern const char *const column_names[COLUMNS];

enum group { GROUP_COMPUTE, GROUP_TRAP };

struct workload {
    const char *name, *what;
    enum group group;
    const char *kite;   // its boot arguments but for the count, or NULL
    const char *source; // else: assembly that follows `prologue`; counts TIMES
    u32 least;          // a count that is worth a run
};
extern const struct workload workloads[]; // closed by a null name
extern const char workload_prologue[];    // turns paging on

// Seconds of processor time that a run of this workload, `times` long, takes in a column; negative: it cannot run
// there.
double measure(const struct workload *w, enum column column, u32 times);
bool measure_has_qemu(void);

// Prints what is no loop.
struct cJSON;
void extras_print(struct cJSON *json);

#endif
