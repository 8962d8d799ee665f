// calltest: the kernel does not believe what a program says.
#include "scenarios/guests/kite/user/test.h"

#define KERNEL 0x80400000u
#define LAST 0x3ffffffcu // the last word of a program's memory

static const u32 bad[] = {0, 4, 0xfff, KERNEL, 0x40000000u, 0x10000000u, 0x7ffffffcu, 0xfffffffcu};

static bool bad_buffers(void)
{
    i32 file = open("/etc/motd");
    bool all = true;
    for (u32 i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        all &= system_call(SYS_write, 1, bad[i], 4) == BAD_ADDRESS;
        all &= system_call(SYS_read, (u32)file, bad[i], 4) == BAD_ADDRESS;
        all &= system_call(SYS_open, bad[i], 0, 0) == BAD_ADDRESS;
        all &= system_call(SYS_list, 0, bad[i], 0) == BAD_ADDRESS;
        all &= system_call(SYS_status, 0, bad[i], 0) == BAD_ADDRESS;
    }
    bool ok = check(all, "call: pointers to nowhere, to the kernel, to devices");
    ok &= check(system_call(SYS_read, (u32)file, (u32)bad_buffers & ~3u, 4) == BAD_ADDRESS,
                "call: reading into code");
    ok &= check(system_call(SYS_list, 0, LAST, 0) == BAD_ADDRESS,
                "call: a buffer that ends beyond the last page");
    close(file);
    return ok;
}

static bool endless_string(void)
{
    char *path = sbrk(8192);
    memset(path, 'a', 8192);
    path[0] = '/';
    return check(open(path) == NOT_FOUND, "call: a path without end");
}

static bool unknown_calls(void)
{
    static const u32 numbers[] = {99, 1000, 0x80000000u, 0xffffffffu};
    bool all = true;
    for (u32 i = 0; i < 4; i++)
        all &= system_call(numbers[i], 1, 2, 3) == NO_CALL;
    return check(all, "call: numbers that name no call");
}

static bool bad_files(void)
{
    char byte;
    bool all = true;
    static const i32 files[] = {-1, 3, 15, 16, 0x7fffffff};
    for (u32 i = 0; i < 5; i++)
        all &= read(files[i], &byte, 1) == BAD_FILE && write(files[i], &byte, 1) == BAD_FILE;
    return check(all, "call: descriptors that are not open");
}

static i32 sleep_for_ever(void)
{
    sleep(1000000);
    return 0;
}

static i32 read_for_ever(void)
{
    i32 fds[2];
    char byte;
    pipe(fds);
    return read(fds[0], &byte, 1);
}

static i32 spin_for_ever(void)
{
    for (;;)
        __asm__ volatile("" ::: "memory");
}

static bool killed(void)
{
    static i32 (*const functions[])(void) = {sleep_for_ever, read_for_ever, spin_for_ever};
    bool all = true;
    for (u32 i = 0; i < 3; i++) {
        i32 pid = fork();
        if (pid == 0)
            exit(functions[i]());
        sleep(2);
        all &= kill(pid) == 0 && wait_for(pid) == WAIT_KILLED;
    }
    bool ok = check(all, "kill: a sleeper, a reader and a spinner");
    return ok & check(kill(12345678) == NOT_FOUND && kill(0) == NOT_FOUND, "kill: nobody");
}

int main(void)
{
    bool ok = bad_buffers();
    ok &= endless_string();
    ok &= unknown_calls();
    ok &= bad_files();
    ok &= killed();
    return ok ? 0 : FAILED;
}
