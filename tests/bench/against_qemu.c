// Compute and trap workloads bare, at depth 1, at depth 2, and by QEMU: the same kernel image each
// time.
#include "tests/bench/bench.h"

#include <stdio.h>
#include <string.h>

enum { BARE, DEPTH1, DEPTH2, QEMU, COLUMNS };

static u32 lanes_of(const struct bench *b, struct lane lanes[COLUMNS])
{
    for (u32 i = 0; i < COLUMNS; i++)
        lanes[i] = (struct lane){
            .qemu = i == QEMU, .depth = i, .engine = b->engine, .seconds = NAN, .ratio = NAN};
    return b->qemu ? COLUMNS : QEMU;
}

// ---- compute: rates

static const struct field compute_fields[] = {
    {"bare", "bare", 0},           {"depth1", "depth 1", 0},    {"depth2", "depth 2", 0},
    {"qemu", "qemu", 0},           {"times_qemu", "x qemu", 2}, {"depth1_time", "d1/bare", 3},
    {"depth2_time", "d2/bare", 3}, {"bare_us", "us", 1},        {NULL, NULL, 0},
};

struct mean {
    double sum; // of logarithms
    u32 count;
};

static void mean_add(struct mean *m, double value)
{
    if (isnan(value) || value <= 0)
        return;
    m->sum += log(value);
    m->count++;
}

static double mean_of(const struct mean *m)
{
    return m->count ? exp(m->sum / m->count) : NAN;
}

// Memory decides these three, QEMU's TLB before all.
static bool is_of_memory(const struct workload *w)
{
    return !strcmp(w->name, "stream") || !strcmp(w->name, "chase") || !strcmp(w->name, "walk");
}

void bench_compute(struct bench *b)
{
    struct mean seven = {0}, ten = {0}, depth1 = {0}, depth2 = {0};
    bool any = false;
    for (const struct workload *w = workloads; w->name; w++) {
        struct lane lanes[COLUMNS];
        if (w->group != GROUP_COMPUTE || !bench_wants(b, w, "compute"))
            continue;
        if (!any)
            report_table(&b->report, "compute", "compute: million guest instructions a second",
                         compute_fields);
        any = true;
        lanes_measure(b, lanes, lanes_of(b, lanes), w);
        double steps = count_operation(&(struct lane){.engine = b->engine}, w).steps * 1e-6;
        double bare = lanes[BARE].seconds, times = lanes[QEMU].ratio;
        double one = lanes[DEPTH1].ratio, two = lanes[DEPTH2].ratio;
        report_row(&b->report, w->name,
                   (double[]){steps / bare, steps / lanes[DEPTH1].seconds,
                              steps / lanes[DEPTH2].seconds, steps / lanes[QEMU].seconds, times,
                              one, two, bare * 1e6},
                   w->what);
        mean_add(&ten, times);
        if (!is_of_memory(w))
            mean_add(&seven, times);
        mean_add(&depth1, one);
        mean_add(&depth2, two);
    }
    if (!any || (b->only && strcmp(b->only, "compute")))
        return;
    report_number(&b->report, "mean_seven", mean_of(&seven),
                  "geometric means: x qemu without stream, chase and walk %.2f");
    report_number(&b->report, "mean_ten", mean_of(&ten), ", of all %.2f");
    report_number(&b->report, "mean_depth1", mean_of(&depth1), "; time at depth 1 %.3f");
    report_number(&b->report, "mean_depth2", mean_of(&depth2), ", at depth 2 %.3f of bare\n");
}

// ---- traps: nanoseconds

static const struct field trap_fields[] = {
    {"bare", "bare", 1}, {"depth1", "depth 1", 1},    {"depth2", "depth 2", 1},
    {"qemu", "qemu", 1}, {"times_qemu", "x qemu", 1}, {"steps", "steps", 0},
    {NULL, NULL, 0},
};

static void trap_table(struct bench *b, enum group group, const char *key, const char *title,
                       double unit)
{
    bool any = false;
    for (const struct workload *w = workloads; w->name; w++) {
        struct lane lanes[COLUMNS];
        if (w->group != group || !bench_wants(b, w, key))
            continue;
        if (!any)
            report_table(&b->report, key, title, trap_fields);
        any = true;
        lanes_measure(b, lanes, lanes_of(b, lanes), w);
        report_row(&b->report, w->name,
                   (double[]){lanes[BARE].seconds * unit, lanes[DEPTH1].seconds * unit,
                              lanes[DEPTH2].seconds * unit, lanes[QEMU].seconds * unit,
                              lanes[QEMU].ratio,
                              count_operation(&(struct lane){.engine = b->engine}, w).steps},
                   w->what);
    }
}

void bench_traps(struct bench *b)
{
    trap_table(b, GROUP_TRAP, "traps",
               "traps: nanoseconds an operation; steps of the bare machine in one", 1e9);
    trap_table(b, GROUP_KERNEL, "kernel", "a whole kernel: milliseconds", 1e3);
}
