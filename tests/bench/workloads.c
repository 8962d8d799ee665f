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
    {"fib", "calls", GROUP_COMPUTE, NULL, "bench fib %u", 20},
    {"sieve", "stores with a stride", GROUP_COMPUTE, NULL, "bench sieve %u", 20},
    {"qsort", "a sort", GROUP_COMPUTE, NULL, "bench qsort %u", 20},
    {"crc", "bits of a checksum", GROUP_COMPUTE, NULL, "bench crc %u", 10},
    {"matmul", "a product of matrices", GROUP_COMPUTE, NULL, "bench matmul %u", 20},
    {"interpreter", "a loop over bytecode", GROUP_COMPUTE, NULL, "bench interpreter %u", 20},
    {"mix", "lists, a matrix, text, a checksum", GROUP_COMPUTE, NULL, "init=/bin/mix %u", 20},
    {"stream", "arrays of 4 MiB in order", GROUP_COMPUTE, NULL, "bench stream %u", 4},
    {"chase", "a ring through 4 MiB in random order", GROUP_COMPUTE, NULL, "bench chase %u", 20},
    {"walk", "a word in each of 2,048 pages", GROUP_COMPUTE, NULL, "bench walk %u", 20},

    {"ecall", "a system call that does nothing", GROUP_TRAP, NULL, NULL, 20000},
    {"syscall", "kite's getpid: all registers saved, C", GROUP_TRAP, NULL, "traps ecall %u", 5000},
    {"illegal", "read with SUM, decoded, emulated", GROUP_TRAP, "registers", NULL, 20000},
    {"page-fault", "a page is wanted, found, mapped, fenced", GROUP_TRAP, "registers", NULL, 20000},
    {"kite-fault", "the same in kite: C, zeroed, and given back", GROUP_TRAP, NULL,
     "traps fault %u", 2000},
    {"pte-change", "a PTE written, its address fenced, touched", GROUP_TRAP, NULL, NULL, 50000},
    {"pte-change-all", "the same, everything fenced", GROUP_TRAP, NULL, NULL, 50000},
    {"satp", "another space, a fence of all, 8 touches", GROUP_TRAP, NULL, NULL, 10000},
    {"csr", "csrrw on sscratch", GROUP_TRAP, NULL, NULL, 100000},
    {"code-write", "code is written, fence.i, called", GROUP_TRAP, NULL, NULL, 50000},
    {"mmio-read", "a register of the UART", GROUP_TRAP, NULL, NULL, 50000},

    {"selftest", "kite's self-test, all that needs no clock", GROUP_KERNEL, NULL, SELFTEST, 4},

    {"sret", "sstatus and sepc written, sret", GROUP_EXIT, NULL, NULL, 20000},
    {"firmware", "the firmware's version asked", GROUP_EXIT, NULL, NULL, 20000},
    {"sfence", "an address fenced", GROUP_EXIT, NULL, NULL, 20000},
    {"fill", "256 pages touched after a fence", GROUP_EXIT, NULL, NULL, 200},

    {"loop", "one short loop", GROUP_HARTS, "harts", NULL, 10000},
    {"calls", "calls of a few instructions", GROUP_HARTS, "harts", NULL, 400},
    {"block", "194 instructions without a jump", GROUP_HARTS, "harts", NULL, 30000},
    {"many", "200 functions of many short blocks", GROUP_HARTS, "harts", NULL, 400},
    {"locks", "a lock taken and given back", GROUP_HARTS, "harts", NULL, 100000},
    {NULL, NULL, 0, NULL, NULL, 0},
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

// ---- a kernel too long to be kept as a file

#define FUNCTIONS 200u

// A function of 3 to 9 blocks, each of 2 to 12 instructions and a branch over one instruction. a0
// never stays the same, so the host cannot learn all branches by heart.
static void write_function(FILE *to, u32 number)
{
    static const char *const mix[] = {"slli a1, a0, 5", "xor a0, a0, a1", "srli a1, a0, 7",
                                      "lw a3, 8(s9)", "add a2, a2, a0"};
    fprintf(to, "f%u:\n", number);
    for (u32 block = 0; block < 3 + number % 7; block++) {
        for (u32 i = 0; i < 2 + (5 * number + 3 * block) % 11; i++)
            fprintf(to, " %s\n", mix[(number + block + i) % 5]);
        fprintf(to, " andi a5, a0, 15\n bnez a5, f%u_%u\n addi a2, a2, 1\nf%u_%u:\n", number, block,
                number, block);
    }
    fprintf(to, " ret\n");
}

static void write_many(FILE *to)
{
    fprintf(to, " j harts\ncompute: mv s8, ra\n la s9, data\n li a0, 1\n1:\n");
    for (u32 i = 0; i < FUNCTIONS; i++)
        fprintf(to, " call f%u\n", i);
    fprintf(to, " addi s0, s0, -1\n bnez s0, 1b\n mv ra, s8\n ret\n");
    for (u32 i = 0; i < FUNCTIONS; i++)
        write_function(to, i);
}

static bool append_kernel(FILE *to, const struct workload *w)
{
    if (strcmp(w->name, "many"))
        return append_file(to, w->name);
    write_many(to);
    return true;
}

char *workload_source(const struct workload *w, u32 times, const struct lane *lane)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return NULL;
    fprintf(to, " .equ TIMES, %u\n .equ HARTS, %u\n .equ SLICE, %u\n", times, lane_harts(lane),
            lane->slice);
    bool whole = append_file(to, "prologue") && (!w->before || append_file(to, w->before));
    fprintf(to, "body:\n");
    whole = whole && append_kernel(to, w);
    fclose(to);
    if (whole)
        return text;
    free(text);
    return NULL;
}
