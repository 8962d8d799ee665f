// One run of one workload. Ours runs in this process and only machine_run is timed; QEMU is a process of its own, whose
// time is all its threads'. Read next: main.c.
#include "tests/bench/bench.h"

#include "isa/asm.h"
#include "scenarios/world.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TEXT 8192
#define QEMU_SECONDS 60 // of processor time, then it is given up

static void guest_path(char *to, size_t size, const char *name)
{
    const char *build = getenv("BUILD");
    snprintf(to, size, "%s/guests/%s", build ? build : "build", name);
}

static void source_of(const struct workload *w, u32 times, char *to, size_t size)
{
    snprintf(to, size, " .equ TIMES, %u\n%s%s", times, workload_prologue, w->source);
}

// ---- ours

static double processor_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static double measure_ours(const struct workload *w, u32 depth, u32 times)
{
    char image[256], append[128], source[TEXT], error[WORLD_ERROR];
    struct world_plan plan;
    enum status why;
    world_plan_default(&plan);
    plan.guests = 1;
    plan.guest[0].ram = 64u << 20;
    guest_path(image, sizeof image, "kite.elf");
    snprintf(append, sizeof append, "%s %u", w->kite ? w->kite : "", times);
    plan.guest[0].image = image;
    if (w->kite) {
        plan.guest[0].append = append;
    } else {
        source_of(w, times, source, sizeof source);
        plan.guest[0].image = w->name;
        plan.guest[0].source = source;
    }
    world_plan_chain(&plan, depth);
    struct world *world = world_new(&plan, &why, error, sizeof error);
    if (!world) {
        fprintf(stderr, "bench: %s: %s\n", w->name, error);
        return -1;
    }
    double start = processor_time();
    enum stop stop = machine_run(world->machine, UINT64_MAX);
    double end = processor_time();
    u32 code;
    bool done = stop == STOP_POWER && machine_power(world->machine, &code) == POWER_OFF;
    world_free(world);
    return done ? end - start : -1;
}

// ---- QEMU

bool measure_has_qemu(void)
{
    return system("command -v qemu-system-riscv32 >/dev/null 2>&1") == 0;
}

// The workload as an ELF file, which QEMU wants. False: no such file could be made.
static bool write_image(const struct workload *w, u32 times, char *path)
{
    char text[TEXT];
    struct asm_image image;
    struct asm_errors errors;
    size_t size;
    source_of(w, times, text, sizeof text);
    int file = mkstemp(path);
    if (file < 0)
        return false;
    if (!asm_assemble(text, strlen(text), w->name, BOARD_KERNEL, false, &image, &errors)) {
        fprintf(stderr, "bench: %s\n", errors.text);
        asm_errors_free(&errors);
        close(file);
        return false;
    }
    u8 *elf = asm_elf(&image, &size);
    bool written = elf && write(file, elf, size) == (ssize_t)size;
    free(elf);
    asm_image_free(&image);
    close(file);
    return written;
}

static void exec_qemu(const char *kernel, const char *append)
{
    char shim[256];
    int null = open("/dev/null", O_RDWR);
    struct rlimit limit = {QEMU_SECONDS, QEMU_SECONDS};
    guest_path(shim, sizeof shim, "shim.elf");
    setrlimit(RLIMIT_CPU, &limit);
    for (int i = 0; i < 3; i++)
        dup2(null, i);
    execlp("qemu-system-riscv32", "qemu-system-riscv32", "-M", "virt", "-m", "64M", "-nographic", "-monitor", "none",
           "-serial", "stdio", "-bios", shim, "-kernel", kernel, append ? "-append" : (char *)NULL, append,
           (char *)NULL);
    _exit(127);
}

static double run_qemu(const char *kernel, const char *append)
{
    struct rusage usage;
    int status;
    pid_t child = fork();
    if (child == 0)
        exec_qemu(kernel, append);
    if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) || WEXITSTATUS(status))
        return -1;
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static double measure_qemu(const struct workload *w, u32 times)
{
    char kernel[256], append[128], temporary[] = "/tmp/bench-XXXXXX";
    if (w->kite) {
        guest_path(kernel, sizeof kernel, "kite.elf");
        snprintf(append, sizeof append, "%s %u", w->kite, times);
        return run_qemu(kernel, append);
    }
    double seconds = write_image(w, times, temporary) ? run_qemu(temporary, NULL) : -1;
    unlink(temporary);
    return seconds;
}

double measure(const struct workload *w, enum column column, u32 times)
{
    return column == COLUMN_QEMU ? measure_qemu(w, times) : measure_ours(w, (u32)column, times);
}
