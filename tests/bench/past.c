// Time travel: what it costs a run at full speed that its past is kept, and how long it takes to go
// back. The run is 2,000 million instructions of two guests, which store and trap; the driver is
// that of the dashboard.
#include "tests/bench/bench.h"
#include "ui/dashboard/drive.h"
#include "ui/terminal/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define PAST_STEPS "2000000000"
#define PLACES 16
#define RUNS 3

static const char script[] =
    "-- Two guests that store and trap\nvmm { quantum = 100000 }\nlocal text = [[\n"
    "_start: li s0, 0x80500000\n"
    "loop:   li s1, 2000\n"
    "1:      sw s1, 0(s0)\n"
    "        lw a0, 0(s0)\n"
    "        add s2, s2, a0\n"
    "        addi s1, s1, -1\n"
    "        bnez s1, 1b\n"
    "        addi s3, s3, 64\n"
    "        slli s4, s3, 16\n"
    "        srli s4, s4, 10\n"
    "        add s5, s0, s4\n"
    "        sw s3, 0(s5)\n"
    "        csrw sscratch, s2\n"
    "        j loop\n]]\n"
    "guest { source = text, ram = '16M' }\nguest { source = text, ram = '16M' }\n"
    "run { steps = " PAST_STEPS " // 2 }\nrun { steps = " PAST_STEPS " // 2 }\n";

// Runs to the end at full speed. `keeps`: with snapshots. Returns seconds of processor time.
static double run_all(struct drive *d, const char *path, bool keeps)
{
    char error[WORLD_ERROR];
    enum status why;
    if (!drive_open(d, path, &(struct scenario_options){0}, &why, error, sizeof error)) {
        fprintf(stderr, "bench: %s\n", error);
        return 0;
    }
    drive_set_speed(d, drive_speed_fastest);
    drive_go(d, GOAL_RUN);
    double start = processor_time();
    while (d->goal != GOAL_NONE) {
        if (!keeps)
            d->play.newest = host_milliseconds(); // so it is never time for another one
        drive_slice(d, 33);
    }
    return processor_time() - start;
}

// Milliseconds to go back to this moment of the first world.
static double go_back(struct drive *d, u64 steps)
{
    double start = processor_time();
    d->play.wanted = (struct wanted_moment){.kind = WANT_STEPS,
                                            .generation = scenario_generation(d->play.sc),
                                            .steps = steps,
                                            .near = steps};
    if (!playback_set_out(&d->play))
        return 0;
    while (playback_go_on(&d->play, 1000000))
        ;
    return (processor_time() - start) * 1e3;
}

static void measure_ways_back(struct bench *b, struct drive *d)
{
    double first = go_back(d, scenario_steps(d->play.sc) - 1), most = first, sum = first;
    for (u64 i = PLACES; i-- > 1;) {
        double one = go_back(d, 2000000000 / PLACES * i - 12345678);
        sum += one;
        most = one > most ? one : most;
    }
    report_row(&b->report, "back", (double[]){first, most, sum / PLACES},
               "ms: the first step back from the end; the longest way; the mean");
}

static const struct field past_fields[] = {
    {"a", "(1)", 2}, {"b", "(2)", 2}, {"c", "(3)", 2}, {NULL, NULL, 0}};

void bench_past(struct bench *b)
{
    char path[] = "/tmp/trapeze-bench-XXXXXX";
    double without = 0, with = 0;
    struct drive d;
    int fd = mkstemp(path);
    if (!bench_wants(b, NULL, "past") || fd < 0 || write(fd, script, sizeof script - 1) < 0)
        return;
    close(fd);
    report_table(&b->report, "past", "time travel in a run of 2,000 million instructions",
                 past_fields);
    for (u32 i = 0; i < RUNS; i++) {
        without += run_all(&d, path, false);
        drive_close(&d);
        with += run_all(&d, path, true);
        if (i + 1 < RUNS)
            drive_close(&d);
    }
    report_row(&b->report, "recording",
               (double[]){without / RUNS, with / RUNS, without > 0 ? with / without : 0},
               "seconds: without a past; with it; their ratio");
    measure_ways_back(b, &d);
    drive_close(&d);
    unlink(path);
}
