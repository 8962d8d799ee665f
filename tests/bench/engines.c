// The engines beside each other, several harts, and what the host itself executes for a guest's
// instruction.
#include "tests/bench/bench.h"

#include <linux/perf_event.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

const struct engine_name engine_names[] = {
    {"plain", ENGINE_PLAIN}, {"fast", ENGINE_FAST}, {"jit", ENGINE_JIT}, {NULL, ENGINE_FAST}};
#define ENGINES (sizeof engine_names / sizeof *engine_names - 1)

static const char *const sample[] = {"fib",   "matmul",  "crc",        "mix", "walk",
                                     "ecall", "illegal", "page-fault", "csr"};
#define SAMPLE (sizeof sample / sizeof *sample)

void bench_engines(struct bench *b)
{
    struct field fields[ENGINES + 1] = {{0}};
    if (!bench_wants(b, NULL, "engines"))
        return;
    for (u32 e = 0; e < ENGINES; e++)
        fields[e] = (struct field){engine_names[e].name, engine_names[e].name, 0};
    report_table(&b->report, "engines", "engines, bare: million steps a second", fields);
    for (u32 i = 0; i < SAMPLE; i++) {
        const struct workload *w = workload_named(sample[i]);
        struct lane lanes[ENGINES];
        double rates[ENGINES], steps = count_operation(&(struct lane){0}, w).steps * 1e-6;
        for (u32 e = 0; e < ENGINES; e++)
            lanes[e] = (struct lane){.engine = engine_names[e].engine};
        lanes_measure(b, lanes, ENGINES, w);
        for (u32 e = 0; e < ENGINES; e++)
            rates[e] = steps / lanes[e].seconds;
        report_row(&b->report, w->name, rates, w->what);
    }
}

// ---- harts

static const struct field hart_fields[] = {
    {"rate", "1 hart", 0},          {"harts2", "2 harts", 2},
    {"harts4", "4 harts", 2},       {"harts8", "8 harts", 2},
    {"slice1000", "slice 1000", 2}, {"slice300", "slice 300", 2},
    {"slice100", "slice 100", 2},   {NULL, NULL, 0}};
// As many as hart_fields.
static const struct {
    u32 harts, slice;
} hart_lanes[] = {{1, 0}, {2, 0}, {4, 0}, {8, 0}, {1, 1000}, {1, 300}, {1, 100}};
#define HART_LANES (sizeof hart_lanes / sizeof *hart_lanes)

// By least times, since a turn costs less than other work on the host may. The rate of one hart,
// then how many times as long a step takes in the other lanes.
static void bench_harts_of(struct bench *b, const struct workload *w, u32 depth)
{
    struct lane lanes[HART_LANES];
    double steps[HART_LANES], values[HART_LANES];
    char name[32];
    for (u32 i = 0; i < HART_LANES; i++) {
        lanes[i] = (struct lane){.engine = b->engine,
                                 .depth = depth,
                                 .harts = hart_lanes[i].harts,
                                 .slice = hart_lanes[i].slice};
        struct lane bare = lanes[i];
        bare.depth = 0;
        steps[i] = count_operation(&bare, w).steps;
    }
    lanes_measure(b, lanes, HART_LANES, w);
    values[0] = steps[0] / lanes[0].least * 1e-6;
    for (u32 i = 1; i < HART_LANES; i++)
        values[i] = lanes[i].least / lanes[0].least * steps[0] / steps[i];
    snprintf(name, sizeof name, depth ? "%s, depth %u" : "%s", w->name, depth);
    report_row(&b->report, name, values, w->what);
}

void bench_harts(struct bench *b)
{
    if (!bench_wants(b, NULL, "harts"))
        return;
    report_table(
        &b->report, "harts",
        "harts in turns, and a timer for each slice of so many instructions: million steps "
        "a second of one hart, then the time of a step, times that of one hart",
        hart_fields);
    for (const struct workload *w = workloads; w->name; w++)
        if (w->group == GROUP_HARTS)
            bench_harts_of(b, w, 0);
    bench_harts_of(b, workload_named("many"), 1);
}

// ---- host instructions

static int counter_open(
    void) // of this process's instructions, in user mode; -1: the host has no such counter
{
    struct perf_event_attr what = {.type = PERF_TYPE_HARDWARE,
                                   .size = sizeof what,
                                   .config = PERF_COUNT_HW_INSTRUCTIONS,
                                   .exclude_kernel = 1,
                                   .exclude_hv = 1};
    return (int)syscall(SYS_perf_event_open, &what, 0, -1, -1, 0);
}

static double counted(int counter)
{
    unsigned long long value = 0;
    return read(counter, &value, sizeof value) == sizeof value ? (double)value : NAN;
}

// Building the worlds is part of it, and in both runs alike.
static double host_instructions(int counter, const struct lane *lane, const struct workload *w)
{
    double start = counted(counter);
    run_lane(lane, w, w->least);
    double middle = counted(counter);
    run_lane(lane, w, 5 * w->least);
    return ((counted(counter) - middle) - (middle - start)) / (4.0 * w->least);
}

static const struct field host_fields[] = {{"host_instructions", "host/guest", 1}, {NULL, NULL, 0}};

void bench_host(struct bench *b)
{
    if (!bench_wants(b, NULL, "host"))
        return;
    int counter = counter_open();
    report_table(&b->report, "host", "host instructions for one of the guest, bare", host_fields);
    if (counter < 0) {
        report_number(&b->report, "host_available", 0,
                      "not available here: no hardware counter of instructions\n");
        return;
    }
    for (u32 i = 0; i < SAMPLE; i++) {
        const struct workload *w = workload_named(sample[i]);
        struct lane lane = {.engine = b->engine};
        double steps = count_operation(&lane, w).steps;
        report_row(&b->report, w->name, (double[]){host_instructions(counter, &lane, w) / steps},
                   w->what);
    }
    close(counter);
}
