// What is measured, and how: processor time of whole runs of two lengths, the difference divided by
// the difference in length. So start and end of a run do not count, and no guest has to know the
// time.
//
//     workloads.c      what runs: programs of kite, and kernels of a screen of assembly (kernels/)
//     run.c            one run: here (bare, or under VMMs), as a scenario, or by QEMU
//     lane.c           several ways to run one workload side by side, interleaved, medians
//     report.c         tables, as text or JSON
//     main.c           the command line, and the list of groups:
//     against_qemu.c   compute and traps bare, at depth 1 and 2, and by QEMU
//     exits.c          what an exit costs, by kind and by depth
//     engines.c        engines beside each other, several harts, host instructions
//     observers.c      listeners, snapshots
//     dashboard.c      the dashboard at full speed: keys, drawing
//     extras.c         start, memory, many guests
#ifndef BENCH_BENCH_H
#define BENCH_BENCH_H

#include "scenarios/world/world.h"

#include <math.h>

// ---- workloads

enum group { GROUP_COMPUTE, GROUP_TRAP, GROUP_KERNEL, GROUP_EXIT, GROUP_HARTS };

struct workload {
    const char *name, *what;
    enum group group;
    const char *before; // its kernel needs kernels/BEFORE.s; NULL: none
    const char *kite; // its boot arguments, with %u where the count goes; or NULL: kernels/NAME.s,
                      // which counts TIMES
    u32 least;        // a count that is worth a run
};
extern const struct workload workloads[];                // closed by a null name
const struct workload *workload_named(const char *name); // it must be there

// The assembly of a workload's kernel, malloc'ed; NULL and a message on standard error if a file is
// missing.
struct lane;
char *workload_source(const struct workload *w, u32 times, const struct lane *lane);

// ---- a way to run one, and what was found

#define RUNS_MOST 99
#define LANES_MOST 8 // side by side

struct lane {
    bool qemu;
    u32 depth;
    bool enlightened;
    bool guest_mode; // kite is the guest of tests/h/monitor.c, by the hypervisor extension
    u32 harts;       // 0: 1
    u32 slice;       // of GROUP_HARTS: a timer interrupts after so many instructions; 0: none
    enum engine_choice engine;
    void (*attach)(struct world *w); // NULL, or called before the run
    u64 snapshot_every;              // steps; 0: never
    const char *hook;                // a scenario that hooks so: Lua; NULL: none, and no scenario
    // found by lanes_measure
    u32 times; // 0: it does not run there
    double sample[RUNS_MOST];
    double seconds; // of processor time an operation, the median; NAN: it does not run there
    double least;   // the same where nothing else ran: the difference of the least times
    double ratio;   // to the first lane's, the median of those of each turn
};

static inline u32 lane_harts(const struct lane *lane)
{
    return lane->harts ? lane->harts : 1;
}

// Seconds of processor time that a run of this workload, `times` long, takes; negative: it cannot
// run there.
double run_lane(const struct lane *lane, const struct workload *w, u32 times);
bool run_has_qemu(void);
double processor_time(void); // of this process so far, in seconds

u32 lane_least(const struct lane *lane,
               const struct workload *w); // a count that is worth a run there
struct bench;
void lanes_measure(const struct bench *b, struct lane *lanes, u32 count, const struct workload *w);

// What an operation of a workload is, as the machine counts it.
struct counted_operation {
    double steps;       // of the machine: instructions retired and traps
    double guest_exits; // of the deepest guest
    double exits;       // of whatever guest into the outermost VMM
};
struct counted_operation count_operation(const struct lane *lane, const struct workload *w);

// ---- telling

struct cJSON;
struct field {
    const char *key, *heading; // in JSON; in the table
    int decimals;
};
struct report {
    struct cJSON *json; // NULL: text
    struct cJSON *rows; // of the table under way
    const struct field *fields;
};
// Begins a table: `key` in JSON, `title` above it as text; fields are closed by a null key.
void report_table(struct report *r, const char *key, const char *title, const struct field *fields);
void report_row(struct report *r, const char *name, const double *values,
                const char *what); // NAN: none
void report_number(struct report *r, const char *key, double value,
                   const char *format); // text by format

// ---- the groups

struct bench {
    struct report report;
    const char *only; // a group's name or a workload's; NULL: all
    u32 runs;
    double worth; // seconds: a shorter run measures the clock
    enum engine_choice engine;
    bool qemu;
};
struct engine_name {
    const char *name;
    enum engine_choice engine;
};
extern const struct engine_name engine_names[]; // closed by a null name

bool bench_wants(const struct bench *b, const struct workload *w, const char *group);

void bench_compute(struct bench *b);
void bench_traps(struct bench *b);
void bench_exits(struct bench *b);
void bench_nested(struct bench *b);
void bench_assist(struct bench *b);
void bench_engines(struct bench *b);
void bench_harts(struct bench *b);
void bench_host(struct bench *b);
void bench_listeners(struct bench *b);
void bench_snapshots(struct bench *b);
void bench_past(struct bench *b);
void bench_dashboard(struct bench *b);
void bench_start(struct bench *b);
void bench_guests(struct bench *b);

#endif
