// A scenario in a folder of its own, driven as the dashboard does. Read tests/driving.h first.
#include "tests/driving.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// A kernel that enters a user program, which makes system calls for ever and counts them in s0.
const char driving_kernel[] = ".globl _start\n"
                              "_start: la t0, handler\n"
                              "        csrw stvec, t0\n"
                              "        la t0, user\n"
                              "        csrw sepc, t0\n"
                              "        sret\n"
                              "handler: csrr t0, sepc\n"
                              "        addi t0, t0, 4\n"
                              "        csrw sepc, t0\n"
                              "        sret\n"
                              "user:   addi s0, s0, 1\n"
                              "        ecall\n"
                              "        j user\n";

const char driving_vmm[] =
    "-- A test\nmachine {}\nvmm { quantum = 100 }\nguest { image = \"k.s\", ram = \"8M\" }\n"
    "guest { image = \"k.s\", ram = \"8M\" }\nrun { steps = 100000 }\n";
const char driving_bare[] = "-- A test\nmachine {}\nguest { image = \"k.s\", ram = \"8M\" "
                            "}\nrun { steps = 100000 }\nprint(\"done\")\n";

void write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    fputs(text, f);
    fclose(f);
}

// A scenario that stands at its very start: the script has not run yet.
struct bench *bench_open(const char *script, const char *image, u64 limit)
{
    struct bench *b = calloc(1, sizeof *b);
    char error[WORLD_ERROR];
    enum status why;
    strcpy(b->folder, "/tmp/trapeze-drive-XXXXXX");
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(b->folder));
    snprintf(b->script, sizeof b->script, "%s/s.lua", b->folder);
    snprintf(b->image, sizeof b->image, "%s/k.s", b->folder);
    write_file(b->script, script);
    write_file(b->image, image);
    bool opened = drive_open(&b->drive, b->script, &(struct scenario_options){.limit = limit}, &why,
                             error, sizeof error);
    if (!opened)
        printf("# %s\n", error);
    CU_ASSERT_FATAL(opened);
    u32 fastest = 0;
    while (drive_speeds[fastest + 1].name)
        fastest++;
    drive_set_speed(&b->drive, fastest); // as fast as can be
    return b;
}

struct bench *bench_new_with(const char *script, const char *image, u64 limit)
{
    struct bench *b = bench_open(script, image, limit);
    drive_step(&b->drive);
    if (!b->drive.play.machine)
        printf("# %s\n", scenario_error(b->drive.play.sc));
    CU_ASSERT_PTR_NOT_NULL_FATAL(b->drive.play.machine);
    return b;
}

struct bench *bench_new(const char *script, u64 limit)
{
    return bench_new_with(script, driving_kernel, limit);
}

void bench_free(struct bench *b)
{
    drive_close(&b->drive);
    unlink(b->script);
    unlink(b->image);
    rmdir(b->folder);
    free(b);
}

void run_until_goal(struct drive *d, enum drive_goal goal)
{
    drive_go(d, goal);
    for (int i = 0; i < 1000 && drive_slice(d, 50) >= 0; i++)
        continue;
}

void go_back(struct bench *b, const char *(*back)(struct drive *d))
{
    CU_ASSERT_PTR_NULL_FATAL(back(&b->drive));
    while (b->drive.goal == GOAL_BACK)
        drive_slice(&b->drive, 50);
}

u64 steps_of(const struct bench *b)
{
    return machine_steps(b->drive.play.machine);
}
