// What is no loop: how long it takes to start, what a machine costs in memory, how many guests bear
// on one that runs. Each is looked at in a child process, so that what one leaves behind does not
// count for the next.
#include "tests/bench/bench.h"

#include <pty.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double resident(pid_t process) // megabytes
{
    char path[64];
    long pages = 0, ignored;
    snprintf(path, sizeof path, "/proc/%d/statm", (int)process);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%ld %ld", &ignored, &pages) != 2)
        pages = 0;
    if (file)
        fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

// Runs look(what, found) in a child; two numbers come back, NAN if it fails.
typedef void look(u32 what, double found[2]);

static void apart(look *look, u32 what, double found[2])
{
    int ends[2];
    found[0] = found[1] = NAN;
    if (pipe(ends))
        return;
    pid_t child = fork();
    if (child == 0) {
        look(what, found);
        _exit(write(ends[1], found, 2 * sizeof *found) != 2 * sizeof *found);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], found, 2 * sizeof *found) != 2 * sizeof *found)
        found[0] = found[1] = NAN;
    close(ends[0]);
    waitpid(child, NULL, 0);
}

// ---- starting

static void start(u32 depth,
                  double found[2]) // a guest's first instructions: milliseconds, megabytes
{
    struct world_plan plan;
    char error[WORLD_ERROR];
    enum status why;
    double begin = now(), before = resident(getpid());
    world_plan_default(&plan);
    plan.guests = 1;
    plan.guest[0] = (struct guest_plan){
        .image = "start", .source = " _start: j _start\n", .hart = GUEST_ANY_HART};
    world_plan_chain(&plan, depth);
    struct world *w = world_new(&plan, &why, error, sizeof error);
    if (!w)
        return;
    machine_run(w->machine, 100);
    found[0] = (now() - begin) * 1e3;
    found[1] = resident(getpid()) - before;
    world_free(w);
}

// kite's shell has come to its prompt: megabytes of this process, and of pages of RAM that were
// touched.
static void rest(u32 depth, double found[2])
{
    struct world_plan plan;
    char error[WORLD_ERROR], image[256];
    enum status why;
    u32 pages = 0;
    const char *build = getenv("BUILD");
    snprintf(image, sizeof image, "%s/guests/kite.elf", build ? build : "build");
    world_plan_default(&plan);
    plan.guests = 1;
    plan.guest[0] = (struct guest_plan){.image = image, .hart = GUEST_ANY_HART};
    world_plan_chain(&plan, depth);
    struct world *w = world_new(&plan, &why, error, sizeof error);
    if (!w)
        return;
    machine_input_interactive(w->machine, true);
    machine_run(w->machine, UINT64_MAX);
    for (u32 at = 0; at < machine_config(w->machine)->ram; at += PAGE_SIZE)
        pages += machine_page_used(w->machine, BOARD_RAM + at);
    found[0] = resident(getpid());
    found[1] = pages * (PAGE_SIZE / 1e6);
    world_free(w);
}

// The dashboard, in a terminal that is a pipe: milliseconds until the end of its last line is
// drawn, megabytes then.
static void first_screen(u32 columns, double found[2])
{
    char seen[65536];
    size_t got = 0;
    int terminal;
    struct winsize size = {.ws_row = 24, .ws_col = (unsigned short)columns};
    const char *trapeze = getenv("TRAPEZE");
    double begin = now();
    pid_t child = forkpty(&terminal, NULL, NULL, &size);
    if (child == 0) {
        setenv("TERM", "xterm-256color", 1);
        setenv("XDG_STATE_HOME", "/dev/null", 1); // nobody's layout is remembered
        execlp(trapeze ? trapeze : "./trapeze", "trapeze", "run", "scenarios/two-guests.lua",
               (char *)NULL);
        _exit(127);
    }
    while (child > 0 && got < sizeof seen - 1) {
        ssize_t more = read(terminal, seen + got, sizeof seen - 1 - got);
        if (more <= 0)
            break;
        seen[got += (size_t)more] = 0;
        if (strstr(seen, "Quit")) {
            found[0] = (now() - begin) * 1e3;
            found[1] = resident(child);
            break;
        }
    }
    if (child > 0) {
        kill(child, SIGTERM);
        waitpid(child, NULL, 0);
        close(terminal);
    }
}

static const struct field start_fields[] = {{"ms", "ms", 2}, {"mb", "MB", 1}, {NULL, NULL, 0}};
static const struct field rest_fields[] = {
    {"mb", "MB", 1}, {"touched_mb", "of RAM", 1}, {NULL, NULL, 0}};

void bench_start(struct bench *b)
{
    double found[2];
    char name[32];
    if (!bench_wants(b, NULL, "start"))
        return;
    report_table(&b->report, "start",
                 "from nothing to a guest's first instructions, by depth; to the first screen",
                 start_fields);
    for (u32 depth = 0; depth <= 1; depth++) {
        apart(start, depth, found);
        snprintf(name, sizeof name, "depth %u", depth);
        report_row(&b->report, name, found, "");
    }
    apart(first_screen, 80, found);
    report_row(&b->report, "dashboard", found, "trapeze run scenarios/two-guests.lua, 80x24");
    report_table(
        &b->report, "rest",
        "memory with kite's shell at its prompt, by depth: of the process; of RAM that was touched",
        rest_fields);
    for (u32 depth = 0; depth <= 2; depth++) {
        apart(rest, depth, found);
        snprintf(name, sizeof name, "depth %u", depth);
        report_row(&b->report, name, found, "");
    }
}

// ---- many guests

// A guest that waits for good, and one that counts.
#define IDLE " .globl _start\n _start: li t0, 0x20\n csrw sie, t0\n 1: wfi\n j 1b\n"
#define BUSY " .globl _start\n _start: addi t0, t0, 1\n xor t1, t1, t0\n j _start\n"

static struct world *world_of(u32 guests, u32 busy)
{
    static struct world_plan plan;
    char error[WORLD_ERROR];
    enum status why;
    world_plan_default(&plan);
    plan.depth = 1;
    plan.guests = guests;
    for (u32 i = 0; i < guests; i++) {
        plan.guest[i].image = i < busy ? "busy" : "idle";
        plan.guest[i].source = i < busy ? BUSY : IDLE;
        plan.guest[i].ram = 1u << 20;
    }
    struct world *w = world_new(&plan, &why, error, sizeof error);
    if (!w)
        fprintf(stderr, "bench: %s\n", error);
    return w;
}

#define GUESTS_STEPS 400000000u

static void measure_guests(u32 count, u32 busy, double found[2])
{
    struct world *w = world_of(count, busy);
    if (!w)
        return;
    machine_run(w->machine,
                GUESTS_STEPS / 4); // the idle ones come to rest, the others had a turn or two
    double before = processor_time();
    machine_run(w->machine, GUESTS_STEPS);
    found[0] = GUESTS_STEPS / (processor_time() - before) / 1e6;
    found[1] = resident(getpid());
    world_free(w);
}

static void one_busy(u32 count, double found[2])
{
    measure_guests(count, 1, found);
}

static void all_busy(u32 count, double found[2])
{
    measure_guests(count, count, found);
}

static const struct field guest_fields[] = {
    {"mips", "M steps/s", 0}, {"mb", "MB", 1}, {NULL, NULL, 0}};

void bench_guests(struct bench *b)
{
    static const u32 counts[] = {1, 16, 256, 1000};
    double found[2];
    char name[32];
    if (!bench_wants(b, NULL, "guests"))
        return;
    report_table(&b->report, "guests", "guests of 1 MiB on one machine: how many of them are busy",
                 guest_fields);
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        apart(one_busy, counts[i], found);
        snprintf(name, sizeof name, "1 of %u", counts[i]);
        report_row(&b->report, name, found, "");
    }
    for (size_t i = 1; i < sizeof counts / sizeof *counts; i++) {
        apart(all_busy, counts[i], found);
        snprintf(name, sizeof name, "%u of %u", counts[i], counts[i]);
        report_row(&b->report, name, found, "");
    }
}
