// A lab's script in a child process. Contract: scenarios/grade/grade.h.
#include "scenarios/grade/grade.h"

#include "scenarios/host/process.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// A test is limited by its machine steps. These limits are for a host in trouble, and no grade
// follows from them.
#define CPU_SECONDS 600
#define WALL_SECONDS 1800
#define ADDRESS_SPACE (8ull << 30) // bytes

#define CHUNK_STEPS 1000000

// ---- in the child

static void printed(void *context, const char *text)
{
    struct lab *lab = context;
    size_t n = strlen(text);
    if (n + 2 > LAB_OUTPUT - lab->printed)
        return; // the sandbox has its own limit of output, which is an error of the script
    memcpy(lab->output + lab->printed, text, n);
    lab->printed += (u32)n;
    lab->output[lab->printed++] = '\n';
}

static void limit(int resource, rlim_t value)
{
    struct rlimit l = {.rlim_cur = value, .rlim_max = value};
    setrlimit(resource, &l);
}

static void set_limits(void)
{
    limit(RLIMIT_CPU, CPU_SECONDS);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_FSIZE, 0);  // a test has no file to write
#ifndef __SANITIZE_ADDRESS__ // whose shadow memory is larger than any limit
    limit(RLIMIT_AS, ADDRESS_SPACE);
#endif
}

// A test of a lab fits in this. Where the host has less left, whatever went wrong did so for lack
// of memory, whoever noticed it first.
#define ROOM_LEAST (1ull << 30) // bytes

static bool host_has_room(void)
{
    void *room = mmap(NULL, ROOM_LEAST, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (room == MAP_FAILED)
        return false;
    munmap(room, ROOM_LEAST);
    return true;
}

static void fail(struct lab *lab, enum status why, const char *message)
{
    bool room = host_has_room();
    lab->status = room ? why : STATUS_LIMIT;
    snprintf(lab->error, sizeof lab->error, room ? "%s" : "not graded: this host lacks memory (%s)",
             message);
}

static void run_script(const char *script, struct lab *lab, u64 seed)
{
    enum status why = STATUS_INTERNAL;
    char error[WORLD_ERROR];
    struct scenario_options options = {
        .seed = seed, .lab = lab, .engine = ENGINE_FAST, .context = lab, .printed = printed};
    struct scenario *sc = scenario_open(script, &options, &why, error, sizeof error);
    if (!sc) {
        fail(lab, why, error);
        return;
    }
    enum scenario_status status;
    while ((status = scenario_advance(sc, CHUNK_STEPS)) == SCENARIO_RUNNING)
        ;
    if (status == SCENARIO_FAILED)
        fail(lab, scenario_exit_status(sc), scenario_error(sc));
    lab->over_limit = status == SCENARIO_LIMIT;
    lab->done = true;
    scenario_close(sc);
}

// ---- in the parent

static double seconds_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

// The pipe has no more writer when the child is over, however it ended.
static void wait_for(pid_t child, int pipe_end, int *status)
{
    double deadline = seconds_now() + WALL_SECONDS;
    char byte;
    for (;;) {
        struct pollfd p = {.fd = pipe_end, .events = POLLIN};
        double left = deadline - seconds_now();
        int ready = left > 0 ? poll(&p, 1, (int)(left * 1000) + 1) : 0;
        if (ready < 0 && errno == EINTR)
            continue;
        if (ready == 0)
            kill(child, SIGKILL);
        if (ready <= 0 || read(pipe_end, &byte, 1) <= 0)
            break;
    }
    while (waitpid(child, status, 0) < 0 && errno == EINTR)
        ;
}

static bool tell_death(int status, enum status *why, char *error, size_t size)
{
    int signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
    if (signal == SIGXCPU || signal == SIGKILL) {
        *why = STATUS_LIMIT;
        snprintf(error, size,
                 "not graded: this host stopped the test after %d s of processor time or %d s, or "
                 "for lack of memory",
                 CPU_SECONDS, WALL_SECONDS);
    } else if (signal) {
        *why = STATUS_INTERNAL;
        snprintf(error, size, "not graded: the test's process ended with signal %d", signal);
    } else {
        // The watchdog of the sandbox ends a script that hangs inside a library function.
        *why = STATUS_INPUT;
        snprintf(error, size, "the lab's script gave no result (status %d)", WEXITSTATUS(status));
    }
    return false;
}

static bool run(const char *script, struct lab *lab, u64 seed, enum status *why, char *error,
                size_t size)
{
    int ends[2], status = 0;
    *why = STATUS_LIMIT;
    if (pipe(ends)) {
        snprintf(error, size, "not graded: no pipe: %s", strerror(errno));
        return false;
    }
    pid_t child = process_fork();
    if (child == 0) {
        close(ends[0]);
        set_limits();
        run_script(script, lab, seed);
        _exit(0);
    }
    close(ends[1]);
    if (child > 0)
        wait_for(child, ends[0], &status);
    close(ends[0]);
    if (child < 0) {
        snprintf(error, size, "not graded: no process can be started: %s", strerror(errno));
        return false;
    }
    if (lab->status != STATUS_DONE) {
        *why = lab->status;
        snprintf(error, size, "%s", lab->error);
        return false;
    }
    return lab->done || tell_death(status, why, error, size);
}

bool child_run(const char *script, struct lab *lab, u64 seed, enum status *why, char *error,
               size_t error_size)
{
    struct lab *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    *why = STATUS_LIMIT;
    if (shared == MAP_FAILED) {
        snprintf(error, error_size, "not graded: not enough memory");
        return false;
    }
    memcpy(shared, lab, sizeof *lab);
    bool good = run(script, shared, seed, why, error, error_size);
    memcpy(lab, shared, sizeof *lab);
    munmap(shared, sizeof *shared);
    return good;
}
