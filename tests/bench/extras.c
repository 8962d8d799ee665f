// What is no loop: how long it takes to start, what a machine costs in memory, how many guests bear on one that runs.
// Each is looked at in a child process, so that what one leaves behind does not count for the next. Read next: main.c.
#include "tests/bench/bench.h"

#include "scenarios/world.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double resident(void) // bytes
{
    long pages = 0, ignored;
    FILE *file = fopen("/proc/self/statm", "r");
    if (!file || fscanf(file, "%ld %ld", &ignored, &pages) != 2)
        pages = 0;
    if (file)
        fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

// A guest that waits for good, and one that counts.
#define IDLE " .globl _start\n _start: li t0, 0x20\n csrw sie, t0\n 1: wfi\n j 1b\n"
#define BUSY " .globl _start\n _start: addi t0, t0, 1\n xor t1, t1, t0\n j _start\n"

static struct world *world_of(u32 guests, u32 depth)
{
    static struct world_plan plan;
    char error[WORLD_ERROR];
    enum status why;
    world_plan_default(&plan);
    plan.depth = depth;
    plan.guests = guests;
    for (u32 i = 0; i < guests; i++) {
        plan.guest[i].image = i ? "idle" : "busy";
        plan.guest[i].source = i ? IDLE : BUSY;
        plan.guest[i].ram = 8u << 20;
    }
    struct world *w = world_new(&plan, &why, error, sizeof error);
    if (!w)
        fprintf(stderr, "bench: %s\n", error);
    return w;
}

static void start(double *out) // milliseconds, megabytes
{
    double begin = now(), before = resident();
    struct world *w = world_of(1, 1);
    if (!w)
        return;
    machine_run(w->machine, 100);
    out[0] = (now() - begin) * 1e3;
    out[1] = (resident() - before) / 1e6;
    world_free(w);
}

#define GUESTS_STEPS 50000000u

static void guests(u32 count, double *out)
{
    struct world *w = world_of(count, 1);
    if (!w)
        return;
    machine_run(w->machine, 1000000); // all come to rest
    double before = now();
    machine_run(w->machine, GUESTS_STEPS);
    out[0] = GUESTS_STEPS / (now() - before) / 1e6;
    out[1] = resident() / 1e6;
    world_free(w);
}

// Runs in a child: guests(count) if there is a count, else start. Two numbers come back.
static void apart(u32 count, double *out)
{
    int ends[2];
    out[0] = out[1] = -1;
    if (pipe(ends))
        return;
    pid_t child = fork();
    if (child == 0) {
        double found[2] = {-1, -1};
        if (count)
            guests(count, found);
        else
            start(found);
        _exit(write(ends[1], found, sizeof found) != sizeof found);
    }
    close(ends[1]);
    if (child < 0 || read(ends[0], out, 2 * sizeof *out) != 2 * sizeof *out)
        out[0] = out[1] = -1;
    close(ends[0]);
    waitpid(child, NULL, 0);
}

void extras_print(cJSON *json)
{
    static const u32 counts[] = {1, 4, 16, 64};
    double out[2];
    apart(0, out);
    if (json) {
        cJSON_AddNumberToObject(json, "start_ms", out[0]);
        cJSON_AddNumberToObject(json, "start_mb", out[1]);
    } else {
        printf("\nstart, VMM and a guest's first instructions: %.2f ms, %.1f MB\n", out[0], out[1]);
    }
    cJSON *list = json ? cJSON_AddArrayToObject(json, "guests") : NULL;
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        apart(counts[i], out);
        if (list) {
            cJSON *row = cJSON_CreateObject();
            cJSON_AddNumberToObject(row, "guests", counts[i]);
            cJSON_AddNumberToObject(row, "mips", out[0]);
            cJSON_AddNumberToObject(row, "mb", out[1]);
            cJSON_AddItemToArray(list, row);
        } else {
            printf("one busy guest and %2u idle ones: %4.0f million steps a second, %.1f MB in all\n", counts[i] - 1,
                   out[0], out[1]);
        }
    }
}
