// One run of one workload. Ours runs in this process and only the machine's running is timed; QEMU
// is a process of its own, whose time is all its threads'.
#include "tests/bench/bench.h"

#include "isa/asm/asm.h"
#include "scenarios/script/scenario.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define QEMU_SECONDS 60 // of processor time, then it is given up

static void built_path(char *to, size_t size, const char *name)
{
    const char *build = getenv("BUILD");
    snprintf(to, size, "%s/%s", build ? build : "build", name);
}

static void arguments_of(const struct workload *w, u32 times, char *to, size_t size)
{
    const char *at = w->kite ? strstr(w->kite, "%u") : NULL;
    if (at)
        snprintf(to, size, "%.*s%u%s", (int)(at - w->kite), w->kite, times, at + 2);
    else
        to[0] = 0;
}

double processor_time(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

// ---- ours

static struct world *world_for(const struct lane *lane, const struct workload *w, u32 times)
{
    char image[256], append[256], error[WORLD_ERROR];
    struct world_plan plan;
    enum status why;
    u32 harts = lane_harts(lane);
    char *source = w->kite ? NULL : workload_source(w, times, lane);
    if (!w->kite && !source)
        return NULL;
    world_plan_default(&plan);
    built_path(image, sizeof image, lane->guest_mode ? "tests/h/monitor.elf" : "guests/kite.elf");
    arguments_of(w, times, append, sizeof append);
    plan.guests = 1;
    plan.machine.engine = lane->engine;
    plan.machine.harts = harts;
    plan.vmm.enlightened = lane->enlightened;
    struct guest_plan *guest = &plan.guest[0];
    guest->ram = 64u << 20;
    if (lane->guest_mode) { // the monitor lies above the RAM that it gives its guest
        plan.machine.profile = ISA_H;
        guest->ram = 256u << 20;
    }
    guest->vcpus = harts;
    guest->image = w->kite ? image : w->name;
    guest->append = w->kite ? append : NULL;
    guest->source = source;
    world_plan_chain(&plan, lane->depth);
    struct world *world = world_new(&plan, &why, error, sizeof error);
    if (!world)
        fprintf(stderr, "bench: %s: %s\n", w->name, error);
    free(source);
    return world;
}

static enum stop run_with_snapshots(struct machine *m, u64 every)
{
    enum stop stop;
    struct snapshot *last = NULL;
    while ((stop = machine_run(m, every)) == STOP_STEPS) {
        snapshot_free(last);
        last = machine_snapshot(m);
    }
    snapshot_free(last);
    return stop;
}

static double run_world(const struct lane *lane, struct world *world)
{
    u32 code;
    struct machine *m = world->machine;
    if (lane->attach)
        lane->attach(world);
    double start = processor_time();
    enum stop stop = lane->snapshot_every ? run_with_snapshots(m, lane->snapshot_every)
                                          : machine_run(m, UINT64_MAX);
    double end = processor_time();
    return stop == STOP_POWER && machine_power(m, &code) == POWER_OFF ? end - start : -1;
}

static double run_here(const struct lane *lane, const struct workload *w, u32 times)
{
    struct world *world = world_for(lane, w, times);
    double seconds = world ? run_world(lane, world) : -1;
    if (world)
        world_free(world);
    return seconds;
}

// ---- ours, as a scenario whose script listens

static bool write_scenario(const struct lane *lane, const struct workload *w, u32 times, char *path)
{
    int file = mkstemps(path, 4);
    FILE *to = file < 0 ? NULL : fdopen(file, "w");
    char *source = w->kite ? NULL : workload_source(w, times, lane);
    bool whole = to && (w->kite || source);
    if (whole && w->kite) {
        char append[256];
        arguments_of(w, times, append, sizeof append);
        fprintf(to, "vmm {}\nguest { image = \"kite\", ram = \"64M\", append = \"%s\" }\n", append);
    } else if (whole) {
        fprintf(to, "vmm {}\nguest { source = [==[%s]==], ram = \"64M\" }\n", source);
    }
    if (whole)
        fprintf(to, "%s\nrun { off = true }\n", lane->hook);
    free(source);
    if (to)
        fclose(to);
    return whole;
}

static double run_scenario(const struct lane *lane, const struct workload *w, u32 times)
{
    char path[] = "/tmp/bench-XXXXXX.lua", error[WORLD_ERROR];
    enum status why;
    struct scenario_options options = {.engine = lane->engine};
    bool written = write_scenario(lane, w, times, path);
    struct scenario *sc = written ? scenario_open(path, &options, &why, error, sizeof error) : NULL;
    if (written && !sc)
        fprintf(stderr, "bench: %s\n", error);
    double start = processor_time();
    enum scenario_status status = SCENARIO_RUNNING;
    while (sc && status == SCENARIO_RUNNING)
        status = scenario_advance(sc, 1u << 30);
    double end = processor_time();
    if (sc && status != SCENARIO_DONE)
        fprintf(stderr, "bench: %s: %s\n", w->name, scenario_error(sc));
    if (sc)
        scenario_close(sc);
    unlink(path);
    return status == SCENARIO_DONE ? end - start : -1;
}

// ---- QEMU

bool run_has_qemu(void)
{
    return system("command -v qemu-system-riscv32 >/dev/null 2>&1") == 0;
}

// The workload as an ELF file, which QEMU wants. False: no such file could be made.
static bool write_image(const struct lane *lane, const struct workload *w, u32 times, char *path)
{
    struct asm_image image;
    struct asm_errors errors;
    size_t size;
    char *text = workload_source(w, times, lane);
    int file = text ? mkstemp(path) : -1;
    if (file < 0)
        return false;
    if (!asm_assemble(text, strlen(text), w->name, BOARD_KERNEL, false, &image, &errors)) {
        fprintf(stderr, "bench: %s\n", errors.text);
        asm_errors_free(&errors);
        free(text);
        close(file);
        return false;
    }
    u8 *elf = asm_elf(&image, &size);
    bool written = elf && write(file, elf, size) == (ssize_t)size;
    free(elf);
    free(text);
    asm_image_free(&image);
    close(file);
    return written;
}

static void exec_qemu(const char *kernel, const char *append, u32 harts)
{
    char shim[256], count[16];
    int null = open("/dev/null", O_RDWR);
    struct rlimit limit = {QEMU_SECONDS, QEMU_SECONDS};
    built_path(shim, sizeof shim, "guests/shim.elf");
    snprintf(count, sizeof count, "%u", harts);
    setrlimit(RLIMIT_CPU, &limit);
    for (int i = 0; i < 3; i++)
        dup2(null, i);
    execlp("qemu-system-riscv32", "qemu-system-riscv32", "-M", "virt", "-m", "64M", "-smp", count,
           "-nographic", "-monitor", "none", "-serial", "stdio", "-bios", shim, "-kernel", kernel,
           append ? "-append" : (char *)NULL, append, (char *)NULL);
    _exit(127);
}

static double wait_qemu(const char *kernel, const char *append, u32 harts)
{
    struct rusage usage;
    int status;
    pid_t child = fork();
    if (child == 0)
        exec_qemu(kernel, append, harts);
    if (child < 0 || wait4(child, &status, 0, &usage) != child || !WIFEXITED(status) ||
        WEXITSTATUS(status))
        return -1;
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

static double run_qemu(const struct lane *lane, const struct workload *w, u32 times)
{
    char kernel[256], append[256], temporary[] = "/tmp/bench-XXXXXX";
    u32 harts = lane_harts(lane);
    if (w->kite) {
        built_path(kernel, sizeof kernel, "guests/kite.elf");
        arguments_of(w, times, append, sizeof append);
        return wait_qemu(kernel, append, harts);
    }
    double seconds =
        write_image(lane, w, times, temporary) ? wait_qemu(temporary, NULL, harts) : -1;
    unlink(temporary);
    return seconds;
}

double run_lane(const struct lane *lane, const struct workload *w, u32 times)
{
    if (lane->qemu)
        return run_qemu(lane, w, times);
    return lane->hook ? run_scenario(lane, w, times) : run_here(lane, w, times);
}

// ---- counting

static void add(void *counters, const struct event *e)
{
    counters_add(counters, e);
}

static bool count_run(const struct lane *lane, const struct workload *w, u32 times,
                      struct counted_operation *found)
{
    static struct counters counters; // too large for a stack
    struct effort by_level[EVENT_DEPTH];
    struct world *world = world_for(lane, w, times);
    if (!world)
        return false;
    counters_reset(&counters);
    counters_watch(&counters, &world->guest[world->guests - 1].path);
    if (lane->depth)
        machine_listen(world->machine, EVENT_ALL, add, &counters);
    bool done = run_world(&(struct lane){0}, world) >= 0;
    found->guest_exits = (double)multiply_sum(&counters.multiplied, by_level);
    found->exits = (double)by_level[0].exits;
    found->steps = (double)machine_steps(world->machine);
    world_free(world);
    return done;
}

struct counted_operation count_operation(const struct lane *lane, const struct workload *w)
{
    struct counted_operation one = {NAN, NAN, NAN}, many = one;
    u32 times = lane_least(lane, w), few = times / 4;
    if (!count_run(lane, w, few, &one) || !count_run(lane, w, times, &many))
        return (struct counted_operation){NAN, NAN, NAN};
    return (struct counted_operation){(many.steps - one.steps) / (times - few),
                                      (many.guest_exits - one.guest_exits) / (times - few),
                                      (many.exits - one.exits) / (times - few)};
}
