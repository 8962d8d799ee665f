// The first and only program of the Linux that `make check-linux` boots. It tries what a kernel
// needs a machine for: processes on all harts, memory that two processes share until one writes,
// the disk, a timer. Each line that it prints ends in "right" or "WRONG", so a wrong result shows
// without a second machine to compare with. Then a virtual machine inside, if there is /dev/kvm
// (tests/linux/kvm.c). It is built without a C library, for RV32IMA.
#include "tests/linux/linux.h"

enum { CHILDREN = 8, BLOCK = 4096, PAGES = 256, PAGE = 4096 };

int main(void);

__attribute__((naked)) void _start(void)
{
    __asm__("andi sp, sp, -16\n j main");
}

static void say(const char *what, bool right)
{
    print(what);
    print(right ? " right\n" : " WRONG\n");
}

static void print_file(const char *path)
{
    static char buffer[BLOCK];
    long file = system_call(SYS_openat, AT_FDCWD, (long)path, O_RDONLY, 0, 0, 0), n;
    while ((n = system_call(SYS_read, file, (long)buffer, BLOCK, 0, 0, 0)) > 0)
        system_call(SYS_write, 1, (long)buffer, n, 0, 0, 0);
    system_call(SYS_close, file, 0, 0, 0, 0, 0);
}

// ---- processes

// Marsaglia's xorshift: work whose result a lost register or a stale page would change.
static u32 work(u32 x, u32 rounds)
{
    for (u32 i = 0; i < rounds; i++) {
        x ^= x << 13;
        x ^= x >> 17;
        x ^= x << 5;
    }
    return x;
}

static long fork(void)
{
    return system_call(SYS_clone, SIGCHLD, 0, 0, 0, 0, 0);
}

static void leave(void)
{
    system_call(SYS_exit, 0, 0, 0, 0, 0, 0);
}

// The parent reads from end 0 what the child writes into end 1.
static void pipe(int ends[2])
{
    system_call(SYS_pipe2, (long)ends, 0, 0, 0, 0, 0);
}

// Each child works on a hart of its own, as far as there are as many.
static void children(void)
{
    int ends[CHILDREN][2];
    for (u32 i = 0; i < CHILDREN; i++) {
        pipe(ends[i]);
        if (fork())
            continue;
        u32 mask = 1u << i % 4, result;
        system_call(SYS_sched_setaffinity, 0, sizeof mask, (long)&mask, 0, 0, 0);
        result = work(i + 1, 300000);
        system_call(SYS_write, ends[i][1], (long)&result, sizeof result, 0, 0, 0);
        leave();
    }
    for (u32 i = 0; i < CHILDREN; i++) {
        u32 result = 0;
        system_call(SYS_read, ends[i][0], (long)&result, sizeof result, 0, 0, 0);
        say("init: a process on another hart:", result == work(i + 1, 300000));
    }
}

// After a fork both processes have the same pages, until one of them writes.
static void copy_on_write(void)
{
    u32 *words = map_memory(PAGES * PAGE);
    u32 sum_of_child = 0, expected = 0, sum = 0, step = PAGE / sizeof *words;
    int ends[2];
    for (u32 i = 0; i < PAGES; i++) {
        words[i * step] = i * 7;
        expected += i * 7;
    }
    pipe(ends);
    if (!fork()) {
        for (u32 i = 0; i < PAGES; i++) {
            sum += words[i * step];
            words[i * step] = 1;
        }
        system_call(SYS_write, ends[1], (long)&sum, sizeof sum, 0, 0, 0);
        leave();
    }
    system_call(SYS_read, ends[0], (long)&sum_of_child, sizeof sum_of_child, 0, 0, 0);
    for (u32 i = 0; i < PAGES; i++)
        sum += words[i * step];
    say("init: memory after a fork:", sum == expected && sum_of_child == expected);
}

// ---- devices

static long open_disk(void)
{
    return system_call(SYS_openat, AT_FDCWD, (long)"/dev/vda", O_RDWR, 0, 0, 0);
}

// Writes a block and reads it back, in two openings of the disk, and says what block 0 holds.
static void disk(void)
{
    static u32 block[BLOCK / 4], again[BLOCK / 4];
    long file = open_disk();
    if (file < 0) {
        print("init: there is no disk\n");
        return;
    }
    long n = system_call(SYS_read, file, (long)block, BLOCK, 0, 0, 0);
    u32 sum = 0;
    for (u32 i = 0; i < BLOCK / 4; i++)
        sum = sum * 31 + block[i];
    print("init: block 0 of the disk: ");
    print_hex(sum);
    say("", n == BLOCK);
    block[0] = 0x12345678;
    system_call(SYS_pwrite64, file, (long)block, BLOCK, 2 * BLOCK, 0, 0);
    system_call(SYS_fsync, file, 0, 0, 0, 0, 0);
    system_call(SYS_close, file, 0, 0, 0, 0, 0);
    file = open_disk();
    system_call(SYS_pread64, file, (long)again, BLOCK, 2 * BLOCK, 0, 0);
    bool same = true;
    for (u32 i = 0; i < BLOCK / 4; i++)
        same = same && again[i] == block[i];
    say("init: a block that was written:", same);
}

static void sleep(void)
{
    const long long time[2] = {0, 50 * 1000 * 1000}; // seconds, nanoseconds
    long failed = system_call(SYS_clock_nanosleep, 0, 0, (long)time, 0, 0, 0);
    say("init: a sleep of 50 ms:", !failed);
}

int main(void)
{
    system_call(SYS_mount, (long)"proc", (long)"/proc", (long)"proc", 0, 0, 0);
    print_file("/proc/cpuinfo");
    children();
    copy_on_write();
    disk();
    sleep();
    kvm();
    print_file("/proc/interrupts");
    print("init: done\n");
    system_call(SYS_reboot, REBOOT_MAGIC, REBOOT_MAGIC_2, REBOOT_POWER_OFF, 0, 0, 0);
    for (;;)
        ;
}
