// What watching costs: listeners, and snapshots.
#include "tests/bench/bench.h"

#include "scenarios/world/counters.h"

#include <stdio.h>
#include <stdlib.h>

// ---- listeners

// Counts all exits by cause, as simply as it can be done.
static u64 exits_by_cause[COUNTERS_CAUSES];
static void count_exit(void *context, const struct event *e)
{
    (void)context;
    exits_by_cause[counters_index(e->note.cause)]++;
}

static void attach_exits(struct world *w)
{
    machine_listen(w->machine, EVENT_BIT(EVENT_EXIT), count_exit, NULL);
}

// Everything that --stats keeps.
static void count_all(void *counters, const struct event *e)
{
    counters_add(counters, e);
}

static void attach_all(struct world *w)
{
    static struct counters counters;
    counters_reset(&counters);
    machine_listen(w->machine, EVENT_ALL, count_all, &counters);
}

static const struct field listener_fields[] = {
    {"ns", "none, ns", 1},
    {"exits", "exits", 3},
    {"all", "all", 3},
    {"scenario", "scenario", 3},
    {"hook_other", "other trap", 3},
    {"hook", "this trap", 3},
    {NULL, NULL, 0},
};

static void listener_row(struct bench *b, const char *workload, const char *cause)
{
    char other[128], this[128];
    snprintf(other, sizeof other,
             "local n = 0 on(\"exit\", {cause = \"breakpoint\"}, function() n = n + 1 end)");
    snprintf(this, sizeof this,
             "local n = 0 on(\"exit\", {cause = \"%s\"}, function() n = n + 1 end)", cause);
    struct lane lanes[] = {{.depth = 1},
                           {.depth = 1, .attach = attach_exits},
                           {.depth = 1, .attach = attach_all},
                           {.depth = 1, .hook = ""},
                           {.depth = 1, .hook = other},
                           {.depth = 1, .hook = this}};
    enum { LANES = sizeof lanes / sizeof *lanes };
    const struct workload *w = workload_named(workload);
    double values[LANES];
    for (u32 i = 0; i < LANES; i++)
        lanes[i].engine = b->engine;
    lanes_measure(b, lanes, LANES, w);
    values[0] = lanes[0].seconds * 1e9;
    for (u32 i = 1; i < LANES; i++)
        values[i] = lanes[i].ratio;
    report_row(&b->report, w->name, values, cause);
}

void bench_listeners(struct bench *b)
{
    if (!bench_wants(b, NULL, "listeners"))
        return;
    report_table(&b->report, "listeners",
                 "listeners at depth 1: ns an operation with none; time against that with a count "
                 "of exits, with all that\n"
                 "--stats keeps, in a scenario, with a Lua function on another trap, on this one",
                 listener_fields);
    listener_row(b, "csr", "illegal-insn");
    listener_row(b, "syscall", "ecall-u");
    listener_row(b, "selftest", "ecall-u");
    listener_row(b, "mix", "ecall-u");
}

// ---- snapshots

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

// Microseconds that the machine's next snapshot takes after so many pages were written, and going
// back to the one before.
static void snapshot_row(struct bench *b, u32 ram, u32 dirty)
{
    char error[256], name[32];
    double take[RUNS_MOST], back[RUNS_MOST];
    struct machine_config config = machine_config_default();
    config.ram = ram;
    struct machine *m = machine_new(&config, error, sizeof error);
    for (u32 run = 0; m && run < b->runs; run++) {
        struct snapshot *base = machine_snapshot(m);
        for (u32 page = 0; page < dirty; page++)
            machine_page(m, BOARD_RAM + page * PAGE_SIZE)[run] ^= 1;
        double start = processor_time();
        struct snapshot *s = machine_snapshot(m);
        double taken = processor_time();
        machine_restore(m, base);
        back[run] = processor_time() - taken;
        take[run] = taken - start;
        snapshot_free(s);
        snapshot_free(base);
    }
    machine_free(m);
    qsort(take, b->runs, sizeof *take, by_size);
    qsort(back, b->runs, sizeof *back, by_size);
    snprintf(name, sizeof name, "%u of %u MiB", dirty, ram >> 20);
    report_row(&b->report, name, (double[]){take[b->runs / 2] * 1e6, back[b->runs / 2] * 1e6}, "");
}

static const struct field snapshot_fields[] = {
    {"take_us", "take", 1}, {"back_us", "go back", 1}, {NULL, NULL, 0}};
static const struct field tracking_fields[] = {
    {"every_million", "1 million", 3}, {"every_ten_million", "10 million", 3}, {NULL, NULL, 0}};

void bench_snapshots(struct bench *b)
{
    static const char *const computes[] = {"fib", "sieve", "mix", "stream"};
    if (!bench_wants(b, NULL, "snapshots"))
        return;
    report_table(&b->report, "snapshots",
                 "snapshots: microseconds after so many pages were written, by size of RAM",
                 snapshot_fields);
    for (u32 dirty = 8; dirty <= 8192; dirty *= 32) {
        snapshot_row(b, 64u << 20, dirty);
        snapshot_row(b, 1024u << 20, dirty);
    }
    report_table(
        &b->report, "tracking",
        "computing with a snapshot every so many steps: time against none, its own included",
        tracking_fields);
    for (u32 i = 0; i < sizeof computes / sizeof *computes; i++) {
        const struct workload *w = workload_named(computes[i]);
        struct lane lanes[] = {{.engine = b->engine},
                               {.engine = b->engine, .snapshot_every = 1000000},
                               {.engine = b->engine, .snapshot_every = 10000000}};
        lanes_measure(b, lanes, 3, w);
        report_row(&b->report, w->name, (double[]){lanes[1].ratio, lanes[2].ratio}, w->what);
    }
}
