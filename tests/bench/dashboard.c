// The dashboard at full speed, in a terminal that is a pipe: after how many milliseconds a key is
// answered, and what drawing costs the run. Two guests store and trap, and never rest.
#include "tests/bench/bench.h"
#include "ui/dashboard/drive.h"

#include <math.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define STEPS "3000000000"
#define KEYS 20
#define PATIENCE 20000 // milliseconds

static const char script[] = "-- Two guests that store and trap\nvmm { quantum = 100000 }\n"
                             "local text = [[\n"
                             "_start: li s0, 0x80500000\n"
                             "loop:   li s1, 2000\n"
                             "1:      sw s1, 0(s0)\n"
                             "        addi s1, s1, -1\n"
                             "        bnez s1, 1b\n"
                             "        csrw sscratch, s2\n"
                             "        j loop\n]]\n"
                             "guest { source = text, ram = '16M' }\n"
                             "guest { source = text, ram = '16M' }\nrun { steps = " STEPS " }\n";

struct shown {
    pid_t child;
    int terminal;
    char seen[65536]; // the last bytes that the dashboard wrote
    size_t size;
};

static double now(void) // milliseconds
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void open_dashboard(struct shown *s, const char *path)
{
    struct winsize size = {.ws_row = 50, .ws_col = 160};
    const char *trapeze = getenv("TRAPEZE");
    s->size = 0;
    s->child = forkpty(&s->terminal, NULL, NULL, &size);
    if (s->child)
        return;
    setenv("TERM", "xterm-256color", 1);
    setenv("XDG_STATE_HOME", "/dev/null", 1); // nobody's layout is remembered
    execlp(trapeze ? trapeze : "./trapeze", "trapeze", "run", path, "--paused", (char *)NULL);
    _exit(127);
}

// Reads until the words come, at most so many milliseconds. Returns the milliseconds that it took,
// or NAN.
static double await(struct shown *s, const char *words, int patience)
{
    double begin = now();
    s->size = 0;
    while (now() - begin < patience) {
        struct pollfd output = {.fd = s->terminal, .events = POLLIN};
        if (poll(&output, 1, patience) <= 0)
            return NAN;
        if (s->size > sizeof s->seen / 2) { // words may lie across two pieces
            memmove(s->seen, s->seen + s->size - 200, 200);
            s->size = 200;
        }
        ssize_t more = read(s->terminal, s->seen + s->size, sizeof s->seen - 1 - s->size);
        if (more <= 0)
            return NAN;
        s->seen[s->size += (size_t)more] = 0;
        if (strstr(s->seen, words))
            return now() - begin;
    }
    return NAN;
}

static bool press(struct shown *s, const char *keys)
{
    return write(s->terminal, keys, strlen(keys)) == (ssize_t)strlen(keys);
}

// Returns the seconds of processor time that the dashboard has taken so far.
static double time_of(const struct shown *s)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(s->child, &clock) || clock_gettime(clock, &t))
        return NAN;
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static void close_dashboard(struct shown *s)
{
    press(s, "q");
    while (read(s->terminal, s->seen, sizeof s->seen) > 0)
        ;
    close(s->terminal);
    waitpid(s->child, NULL, 0);
}

static void measure_keys(struct bench *b, const char *path)
{
    static struct shown s;
    double most = 0, sum = 0;
    open_dashboard(&s, path);
    await(&s, "Quit", PATIENCE);
    press(&s, "+++c");
    await(&s, "RUNNING max", PATIENCE);
    for (u32 i = 0; i < KEYS; i++) {
        press(&s, "?");
        double one = await(&s, "arrows scroll", PATIENCE);
        sum += one;
        most = one > most ? one : most;
        press(&s, "?"); // closes it; which words are drawn anew then, curses chooses
        await(&s, "nothing that is ever drawn", 100);
    }
    close_dashboard(&s);
    report_row(&b->report, "key", (double[]){sum / KEYS, most, NAN},
               "milliseconds until the help is drawn: mean, most");
}

// The same run in the same driver, which takes snapshots but draws nothing. The start of the
// process and of the script is not counted, here and below.
static double run_without_screen(const char *path)
{
    char error[WORLD_ERROR];
    enum status why;
    struct drive d;
    if (!drive_open(&d, path, &(struct scenario_options){0}, &why, error, sizeof error))
        return NAN;
    double start = processor_time();
    drive_set_speed(&d, drive_speed_fastest);
    drive_go(&d, GOAL_RUN);
    while (d.goal != GOAL_NONE)
        drive_slice(&d, 12);
    double used = processor_time() - start;
    drive_close(&d);
    return used;
}

static double run_with_screen(const char *path)
{
    static struct shown s;
    open_dashboard(&s, path);
    await(&s, "Quit", PATIENCE);
    double start = time_of(&s);
    press(&s, "+++c");
    await(&s, "DONE", PATIENCE);
    double used = time_of(&s) - start;
    close_dashboard(&s);
    return used;
}

static const struct field fields[] = {
    {"a", "(1)", 2}, {"b", "(2)", 2}, {"c", "(3)", 2}, {NULL, NULL, 0}};

void bench_dashboard(struct bench *b)
{
    char path[] = "/tmp/trapeze-bench-XXXXXX";
    int file = mkstemp(path);
    double without = INFINITY, with = INFINITY;
    if (!bench_wants(b, NULL, "dashboard") || file < 0 ||
        write(file, script, sizeof script - 1) < 0)
        return;
    close(file);
    report_table(&b->report, "dashboard", "the dashboard at 160x50 while two guests run flat out",
                 fields);
    measure_keys(b, path);
    // Other work on the host can only make a run longer, so the least time of each kind counts.
    for (u32 i = 0; i < b->runs; i++) {
        without = fmin(without, run_without_screen(path));
        with = fmin(with, run_with_screen(path));
    }
    report_row(&b->report, "drawing", (double[]){without, with, with / without},
               "seconds of " STEPS " steps, at least: without a screen; with it; their ratio");
    unlink(path);
}
