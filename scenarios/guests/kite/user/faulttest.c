// faulttest: a program that does what it must not do is ended, with the right cause, and no
// other program is. Misaligned accesses are left out, since machines treat them differently.
#include "scenarios/guests/kite/user/test.h"

#define KERNEL 0x80400000u
#define UART 0x10000000u
#define DEVICES 0x40000000u // where the kernel, and only the kernel, sees the PLIC

static u32 word = 1;

static i32 load(u32 address)
{
    return (i32) * (volatile u32 *)address;
}

static void store(u32 address)
{
    *(volatile u32 *)address = 1;
}

static i32 jump(u32 address)
{
    // A compiler may drop a call through a null pointer, so the call is written in assembly.
    __asm__ volatile("jalr %0" ::"r"(address) : "ra", "memory");
    return 0;
}

static i32 load_null(void)
{
    return load(0);
}

static i32 store_null(void)
{
    store(0);
    return 0;
}

static i32 jump_null(void)
{
    return jump(0);
}

static i32 load_kernel(void)
{
    return load(KERNEL);
}

static i32 store_kernel(void)
{
    store(KERNEL);
    return 0;
}

static i32 jump_kernel(void)
{
    return jump(KERNEL);
}

static i32 load_uart(void)
{
    return load(UART);
}

static i32 load_devices(void)
{
    return load(DEVICES);
}

static i32 store_code(void)
{
    store((u32)store_code & ~3u);
    return 0;
}

static i32 store_constant(void)
{
    store((u32) "a constant" & ~3u);
    return 0;
}

static i32 jump_data(void)
{
    return jump((u32)&word);
}

static i32 amo_code(void)
{
    __asm__ volatile("amoadd.w zero, %0, (%1)" ::"r"(1), "r"((u32)amo_code & ~3u) : "memory");
    return 0;
}

static i32 illegal_word(void)
{
    __asm__ volatile(".word 0xffffffff");
    return 0;
}

static i32 read_sstatus(void)
{
    __asm__ volatile("csrr zero, sstatus");
    return 0;
}

static i32 write_satp(void)
{
    __asm__ volatile("csrw satp, zero");
    return 0;
}

static i32 write_counter(void)
{
    __asm__ volatile("csrw 0xc01, zero");
    return 0;
}

static i32 return_from_trap(void)
{
    __asm__ volatile("sret");
    return 0;
}

static i32 fence(void)
{
    __asm__ volatile("sfence.vma");
    return 0;
}

static i32 breakpoint(void)
{
    __asm__ volatile("ebreak");
    return 0;
}

static const struct {
    const char *what;
    i32 (*function)(void);
    i32 cause;
} faults[] = {
    {"a load from null", load_null, 13},
    {"a store to null", store_null, 15},
    {"a jump to null", jump_null, 12},
    {"a load from the kernel", load_kernel, 13},
    {"a store to the kernel", store_kernel, 15},
    {"a jump into the kernel", jump_kernel, 12},
    {"a load from where the UART physically is", load_uart, 13},
    {"a load from where the kernel sees devices", load_devices, 13},
    {"a store to code", store_code, 15},
    {"a store to a constant", store_constant, 15},
    {"a jump to data", jump_data, 12},
    {"an atomic add to code", amo_code, 15},
    {"a word that is no instruction", illegal_word, 2},
    {"reading sstatus", read_sstatus, 2},
    {"writing satp", write_satp, 2},
    {"writing a counter", write_counter, 2},
    {"sret", return_from_trap, 2},
    {"sfence.vma", fence, 2},
    {"ebreak", breakpoint, 3},
};

int main(void)
{
    bool ok = true;
    for (u32 i = 0; i < sizeof faults / sizeof faults[0]; i++) {
        i32 status = in_child(faults[i].function);
        bool right = status == WAIT_FAULT + faults[i].cause;
        printf("%s fault: %s is a%s %s\n", right ? "PASS" : "FAIL", faults[i].what,
               cause_name(status)[0] == 'i' ? "n" : "", cause_name(status));
        ok &= right;
    }
    ok &= check(word == 1, "fault: the parent never noticed");
    return ok ? 0 : FAILED;
}
