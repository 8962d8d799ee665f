// Time travel: what it costs a run at full speed that its past is kept, and how long it takes to go
// back. The long run is 2,000 million instructions of two guests, which store and trap; the driver
// is that of the dashboard. Shorter runs show the cost on other machines.
#include "tests/bench/bench.h"
#include "ui/dashboard/drive.h"
#include "ui/terminal/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

// ---- other machines: a kernel that computes, traps, uses its disk, forks and switches

#define KITE "image = 'kite', append = 'selftest'"
#define AGAIN "for i = 1, 40 do machine {} "
static const struct {
    const char *name, *what, *script;
} machines[] = {
    {"bare", "40 self-tests of kite on the bare machine", AGAIN "guest { " KITE " } run() end\n"},
    {"depth 1", "40 self-tests under the VMM", AGAIN "vmm {} guest { " KITE " } run() end\n"},
    {"nested", "3 self-tests under a VMM in the VMM",
     "for i = 1, 3 do machine {} vmm {} local v = vmm {} guest { inside = v, " KITE
     " } run() end\n"},
    {"guests", "self-tests of 16 guests that share a hart",
     "vmm { quantum = 5000 }\n"
     "for n = 1, 16 do guest { ram = '8M', " KITE " } end run()\n"},
    {"stores", "one guest that writes to all pages of 64 MiB again and again",
     "vmm {} guest { ram = '80M', source = [[\n_start: li s0, 0x80500000\n li s1, 0x84500000\n"
     " li s2, 4096\nouter: mv s3, s0\n1: sw s3, 0(s3)\n sw s1, 64(s3)\n add s3, s3, s2\n"
     " bltu s3, s1, 1b\n addi s1, s1, 0\n j outer\n]] }\nrun { steps = 400000000 }\n"},
    {"bytes", "one guest that changes all bytes of 64 MiB again and again",
     "vmm {} guest { ram = '80M', source = [[\n_start: li s0, 0x80500000\n li s1, 0x84500000\n"
     "outer: addi s2, s2, 1\n mv s3, s0\n1: sw s2, 0(s3)\n sw s3, 4(s3)\n sw s2, 8(s3)\n"
     " sw s3, 12(s3)\n addi s3, s3, 16\n bltu s3, s1, 1b\n j outer\n]] }\n"
     "run { steps = 2000000000 }\n"},
    {"depth 3", "kite's first programs under three VMMs, the outermost as T32 code",
     "vmm { code = 't32' } local a = vmm {} local b = vmm { inside = a }\n"
     "guest { inside = b, ram = '16M', " KITE " } run { steps = 600000000 }\n"},
    {"console", "one guest that prints without end",
     "vmm {} guest { ram = '8M', source = [[\n_start: li a7, 1\n1: li a0, 97\n ecall\n j 1b\n]] "
     "}\nrun { steps = 30000000 }\n"},
    {"script", "a script that hears every exit, and runs the machine in pieces",
     "vmm {} guest { ram = '16M', " KITE " }\nlocal n, seen = 0, {}\n"
     "on('exit', function(e) n = n + 1 seen[n % 10000] = e.pc end)\n"
     "for i = 1, 3000 do run { steps = 1000 } end run()\n"},
};

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
            d->play.newest = host_processor_time(); // so it is never time for another one
        drive_slice(d, 33);
    }
    return processor_time() - start;
}

// Milliseconds to go back to the moment after so many steps of all worlds together.
static double go_back(struct drive *d, u64 steps)
{
    double start = processor_time();
    d->play.wanted = (struct wanted_moment){
        .kind = WANT_STEPS, .any_world = true, .steps = steps, .near = steps};
    if (!playback_set_out(&d->play))
        return 0;
    while (playback_go_on(&d->play, 1000000))
        ;
    return (processor_time() - start) * 1e3;
}

// From the end of a run to the step before it, and to places all over the run.
static void measure_ways_back(struct bench *b, struct drive *d, const char *name, const char *what)
{
    u64 steps = scenario_steps(d->play.sc);
    double first = go_back(d, steps - 1), most = first, sum = first;
    for (u64 i = PLACES; i-- > 1;) {
        double one = go_back(d, steps / PLACES * i - steps / 160);
        sum += one;
        most = one > most ? one : most;
    }
    report_row(&b->report, name, (double[]){first, most, sum / PLACES}, what);
}

static const struct field past_fields[] = {
    {"a", "(1)", 2}, {"b", "(2)", 2}, {"c", "(3)", 2}, {NULL, NULL, 0}};

static bool write_script(char *path, const char *text)
{
    int fd = mkstemp(path);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    if (!f)
        return false;
    fputs(text, f);
    return fclose(f) == 0;
}

// Mean seconds without a past and with it, and their ratio. *d is open afterwards, at the end of a
// run that has kept its past.
static void measure_recording(struct bench *b, struct drive *d, const char *path, const char *name,
                              const char *what)
{
    double without = 0, with = 0;
    for (u32 i = 0; i < RUNS; i++) {
        without += run_all(d, path, false);
        drive_close(d);
        with += run_all(d, path, true);
        if (i + 1 < RUNS)
            drive_close(d);
    }
    report_row(&b->report, name,
               (double[]){without / RUNS, with / RUNS, without > 0 ? with / without : 0}, what);
}

static void measure_machine(struct bench *b, u32 number)
{
    char path[] = "/tmp/trapeze-bench-XXXXXX", text[2000];
    struct drive d;
    snprintf(text, sizeof text, "-- A run\n%s", machines[number].script);
    if (!write_script(path, text))
        return;
    measure_recording(b, &d, path, machines[number].name, machines[number].what);
    snprintf(text, sizeof text, "back, %s", machines[number].name);
    measure_ways_back(b, &d, text, "ms, the same ways back in the run before this row");
    drive_close(&d);
    unlink(path);
}

void bench_past(struct bench *b)
{
    char path[] = "/tmp/trapeze-bench-XXXXXX";
    struct drive d;
    if (!bench_wants(b, NULL, "past") || !write_script(path, script))
        return;
    report_table(&b->report, "past",
                 "time travel: seconds of a run without a past, with it, and their ratio",
                 past_fields);
    measure_recording(b, &d, path, "long", "2,000 million instructions of two guests");
    measure_ways_back(b, &d, "back",
                      "not seconds but ms, in the long run: the first step back from the end; the "
                      "longest way; the mean");
    drive_close(&d);
    for (u32 i = 0; i < sizeof machines / sizeof *machines; i++)
        measure_machine(b, i);
    unlink(path);
}
