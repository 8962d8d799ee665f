// traps: workloads that hardly compute. Each does one thing again and again that leaves mode U,
// or that a VMM must intercept. They do not measure time: whoever runs the machine does that.
//
//     traps [NAME [TIMES]]       e.g. the boot arguments `traps fault 1000`; without a name all
//                                of them run, 100 times each
#include "scenarios/guests/kite/user/kite.h"

#define PAGE 4096u

// ecall and back: the shortest way into a kernel.
static void calls(u32 times)
{
    while (times--)
        getpid();
}

// A page that is not there: a fault, a new page, a new mapping.
static void faults(u32 times)
{
    const u32 most = 64;
    while (times > 0) {
        u32 n = times < most ? times : most;
        volatile u8 *heap = sbrk((i32)(n * PAGE));
        for (u32 i = 0; heap && i < n; i++)
            heap[i * PAGE] = 1;
        sbrk(-(i32)(n * PAGE));
        times -= n;
    }
}

// A page that a fork shares: a fault, a copy, a new mapping.
static void copies(u32 times)
{
    static volatile u8 area[32 * PAGE];
    while (times > 0) {
        u32 n = times < 32 ? times : 32;
        for (u32 i = 0; i < n; i++)
            area[i * PAGE] = 1;
        if (fork() == 0) {
            for (u32 i = 0; i < n; i++)
                area[i * PAGE] = 2;
            exit(0);
        }
        wait(NULL);
        times -= n;
    }
}

static void forks(u32 times)
{
    while (times--) {
        if (fork() == 0)
            exit(0);
        wait(NULL);
    }
}

// Two processes pass a byte to each other and back: two switches of address space each time.
static void switches(u32 times)
{
    i32 there[2], back[2];
    char byte = 'x';
    pipe(there);
    pipe(back);
    i32 child = fork();
    if (child == 0) {
        close(there[1]);
        close(back[0]);
        while (read(there[0], &byte, 1) == 1)
            write(back[1], &byte, 1);
        exit(0);
    }
    close(there[0]);
    close(back[1]);
    while (times-- && write(there[1], &byte, 1) == 1 && read(back[0], &byte, 1) == 1)
        ;
    close(there[1]);
    close(back[0]);
    wait(NULL);
}

// wfi and a timer interrupt.
static void sleeps(u32 times)
{
    while (times--)
        sleep(1);
}

// A child that ends with a fault.
static void breakpoints(u32 times)
{
    while (times--) {
        if (fork() == 0)
            __asm__ volatile("ebreak");
        wait(NULL);
    }
}

// The rows without a function are loops in the kernel (kernel/micro.c).
static const struct {
    const char *name;
    void (*run)(u32 times);
    enum micro kernel;
} workloads[] = {
    {"ecall", calls, 0},
    {"fault", faults, 0},
    {"cow", copies, 0},
    {"fork", forks, 0},
    {"switch", switches, 0},
    {"sleep", sleeps, 0},
    {"ebreak", breakpoints, 0},
    {"csr", NULL, MICRO_CSR},
    {"sfence", NULL, MICRO_SFENCE},
    {"sfence-all", NULL, MICRO_SFENCE_ALL},
    {"satp", NULL, MICRO_SATP},
    {"sum", NULL, MICRO_SUM},
    {"firmware", NULL, MICRO_FIRMWARE},
    {"device", NULL, MICRO_DEVICE},
    {"time", NULL, MICRO_TIME},
};

int main(int argc, char **argv)
{
    u32 times = argc > 2 ? number(argv[2]) : 100;
    bool any = false;
    for (u32 i = 0; i < sizeof workloads / sizeof workloads[0]; i++) {
        if (argc > 1 && strcmp(argv[1], workloads[i].name) != 0)
            continue;
        if (workloads[i].run)
            workloads[i].run(times);
        else
            micro(workloads[i].kernel, times);
        printf("%s %u\n", workloads[i].name, times);
        any = true;
    }
    if (!any)
        fprintf(2, "traps: no workload %s\n", argv[1]);
    return !any;
}
