// A scenario in a folder of its own, driven as the dashboard does: what several suites need.
#ifndef TESTS_DRIVING_H
#define TESTS_DRIVING_H

#include "ui/dashboard/drive.h"

// A kernel that enters a user program, which makes system calls for ever and counts them in s0; and
// two scripts that run it: two guests under a VMM, and one on the bare machine.
extern const char driving_kernel[], driving_vmm[], driving_bare[];

struct bench {
    char folder[64], script[96], image[96];
    struct drive drive;
};

// A scenario that stands at its very start: the script has not run yet. `limit` 0: none.
struct bench *bench_open(const char *script, const char *image, u64 limit);
// The same after its first step, so there is a machine.
struct bench *bench_new_with(const char *script, const char *image, u64 limit);
struct bench *bench_new(const char *script, u64 limit); // with driving_kernel
void bench_free(struct bench *b);

void write_file(const char *path, const char *text);
void run_until_goal(struct drive *d, enum drive_goal goal);
// Goes back by this function, and waits until the run is there.
void go_back(struct bench *b, const char *(*back)(struct drive *d));
u64 steps_of(const struct bench *b); // of its machine

#endif
