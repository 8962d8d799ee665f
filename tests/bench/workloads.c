// What runs. Compute: programs of kite, in U under Sv32. Traps and exits: kernels that do one thing
// again and again, most of them in K with paging on; the loop's own instructions are part of the
// operation.
#include "tests/bench/bench.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SELFTEST \
    "selftest %u forktest exectest pipetest filetest pagetest cowtest faulttest atomictest"

const struct workload workloads[] = {
    {"fib", "calls", GROUP_COMPUTE, false, "bench fib %u", 20},
    {"sieve", "stores with a stride", GROUP_COMPUTE, false, "bench sieve %u", 20},
    {"qsort", "a sort", GROUP_COMPUTE, false, "bench qsort %u", 20},
    {"crc", "bits of a checksum", GROUP_COMPUTE, false, "bench crc %u", 10},
    {"matmul", "a product of matrices", GROUP_COMPUTE, false, "bench matmul %u", 20},
    {"interpreter", "a loop over bytecode", GROUP_COMPUTE, false, "bench interpreter %u", 20},
    {"mix", "lists, a matrix, text, a checksum", GROUP_COMPUTE, false, "init=/bin/mix %u", 20},
    {"stream", "arrays of 4 MiB in order", GROUP_COMPUTE, false, "bench stream %u", 4},
    {"chase", "a ring through 4 MiB in random order", GROUP_COMPUTE, false, "bench chase %u", 20},
    {"walk", "a word in each of 2,048 pages", GROUP_COMPUTE, false, "bench walk %u", 20},

    {"ecall", "a system call that does nothing", GROUP_TRAP, false, NULL, 20000},
    {"syscall", "kite's getpid: all registers saved, C", GROUP_TRAP, false, "traps ecall %u", 5000},
    {"illegal", "read with SUM, decoded, emulated", GROUP_TRAP, true, NULL, 20000},
    {"page-fault", "a page is wanted, found, mapped, fenced", GROUP_TRAP, true, NULL, 20000},
    {"kite-fault", "the same in kite: C, zeroed, and given back", GROUP_TRAP, false,
     "traps fault %u", 2000},
    {"pte-change", "a PTE written, its address fenced, touched", GROUP_TRAP, false, NULL, 50000},
    {"pte-change-all", "the same, everything fenced", GROUP_TRAP, false, NULL, 50000},
    {"satp", "another space, a fence of all, 8 touches", GROUP_TRAP, false, NULL, 10000},
    {"csr", "csrrw on sscratch", GROUP_TRAP, false, NULL, 100000},
    {"code-write", "code is written, fence.i, called", GROUP_TRAP, false, NULL, 50000},
    {"mmio-read", "a register of the UART", GROUP_TRAP, false, NULL, 50000},

    {"selftest", "kite's self-test, all that needs no clock", GROUP_KERNEL, false, SELFTEST, 4},

    {"sret", "sstatus and sepc written, sret", GROUP_EXIT, false, NULL, 20000},
    {"firmware", "the firmware's version asked", GROUP_EXIT, false, NULL, 20000},
    {"sfence", "an address fenced", GROUP_EXIT, false, NULL, 20000},
    {"fill", "256 pages touched after a fence", GROUP_EXIT, false, NULL, 200},

    {"harts", "every hart computes", GROUP_HARTS, false, NULL, 10000},
    {NULL, NULL, 0, false, NULL, 0},
};

const struct workload *workload_named(const char *name)
{
    const struct workload *w = workloads;
    while (w->name && strcmp(w->name, name))
        w++;
    assert(w->name);
    return w;
}

static bool append_file(FILE *to, const char *name)
{
    char path[128], line[256];
    snprintf(path, sizeof path, "tests/bench/kernels/%s.s", name);
    FILE *from = fopen(path, "r");
    if (!from) {
        fprintf(stderr, "bench: no %s: start it in the project's folder\n", path);
        return false;
    }
    while (fgets(line, sizeof line, from))
        fputs(line, to);
    fclose(from);
    return true;
}

char *workload_source(const struct workload *w, u32 times, u32 harts)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return NULL;
    fprintf(to, " .equ TIMES, %u\n .equ HARTS, %u\n", times, harts);
    bool whole = append_file(to, "prologue") && (!w->registers || append_file(to, "registers"));
    fprintf(to, "body:\n");
    whole = whole && append_file(to, w->name);
    fclose(to);
    if (whole)
        return text;
    free(text);
    return NULL;
}
