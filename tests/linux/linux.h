// What the programs of tests/linux/ need of Linux: its system calls on RV32, and a few constants.
// Source: include/uapi/asm-generic/unistd.h and the manual pages of section 2. RV32 is a newcomer:
// it has no calls with times of 32 bits, so no wait4, for example.
#ifndef TESTS_LINUX_LINUX_H
#define TESTS_LINUX_LINUX_H

#include <stdbool.h>

typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

enum {
    SYS_ioctl = 29,
    SYS_mknodat = 33,
    SYS_mount = 40,
    SYS_openat = 56,
    SYS_close = 57,
    SYS_pipe2 = 59,
    SYS_read = 63,
    SYS_write = 64,
    SYS_pread64 = 67,
    SYS_pwrite64 = 68,
    SYS_fsync = 82,
    SYS_exit = 93,
    SYS_sched_setaffinity = 122,
    SYS_reboot = 142,
    SYS_clone = 220,
    SYS_mmap = 222,
    SYS_clock_nanosleep = 407,
};

enum { AT_FDCWD = -100, O_RDONLY = 0, O_RDWR = 2, SIGCHLD = 17 };
enum { PROT_READ = 1, PROT_WRITE = 2, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 32 };

#define REBOOT_MAGIC 0xfee1dead
#define REBOOT_MAGIC_2 0x28121969
#define REBOOT_POWER_OFF 0x4321fedc

// A negative result is an error number.
static inline long system_call(long number, long a, long b, long c, long d, long e, long f)
{
    register long a7 __asm__("a7") = number, a0 __asm__("a0") = a, a1 __asm__("a1") = b;
    register long a2 __asm__("a2") = c, a3 __asm__("a3") = d, a4 __asm__("a4") = e;
    register long a5 __asm__("a5") = f;
    __asm__ volatile("ecall"
                     : "+r"(a0)
                     : "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5), "r"(a7)
                     : "memory");
    return a0;
}

static inline void print(const char *text)
{
    long n = 0;
    while (text[n])
        n++;
    system_call(SYS_write, 1, (long)text, n, 0, 0, 0);
}

static inline void print_hex(u32 value)
{
    char digits[9] = {0};
    for (int i = 0; i < 8; i++)
        digits[i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    print(digits);
}

// Memory of this process alone, full of zeros.
static inline void *map_memory(u32 bytes)
{
    return (void *)system_call(SYS_mmap, 0, (long)bytes, PROT_READ | PROT_WRITE,
                               MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

// Runs a guest through /dev/kvm, if the kernel has it.
void kvm(void);

#endif
