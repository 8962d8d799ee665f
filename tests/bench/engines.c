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
    {"bare", "bare", 0}, {"depth1", "depth 1", 0}, {NULL, NULL, 0}};

void bench_harts(struct bench *b)
{
    const struct workload *w = workload_named("harts");
    if (!bench_wants(b, w, "harts"))
        return;
    report_table(&b->report, "harts",
                 "harts that all compute, taken in turns: million steps a second, all together",
                 hart_fields);
    for (u32 harts = 1; harts <= HARTS_MAX; harts *= 2) {
        char name[16];
        struct lane lanes[] = {{.harts = harts, .engine = b->engine},
                               {.harts = harts, .engine = b->engine, .depth = 1}};
        double steps = count_operation(&lanes[0], w).steps * 1e-6;
        lanes_measure(b, lanes, 2, w);
        snprintf(name, sizeof name, "%u", harts);
        report_row(&b->report, name, (double[]){steps / lanes[0].seconds, steps / lanes[1].seconds},
                   "");
    }
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
