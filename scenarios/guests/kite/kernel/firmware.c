// Calls of the firmware, the layer below the kernel. On T32 the machine itself answers them, on
// QEMU the tests' own firmware, and under the VMM the VMM. Source: RISC-V SBI Specification,
// chapters 3 (binary encoding), 4 (base), 5 (legacy), 6 (TIME) and 10 (SRST).
// Read next: scenarios/guests/kite/kernel/print.c.
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"

enum { PUT = 1, BASE = 0x10, TIME = 0x54494d45, RESET = 0x53525354 };

struct answer {
    i32 error;
    u32 value;
};

static struct answer firmware_call(u32 extension, u32 function, u32 x, u32 y)
{
    register u32 a0 __asm__("a0") = x;
    register u32 a1 __asm__("a1") = y;
    register u32 a6 __asm__("a6") = function;
    register u32 a7 __asm__("a7") = extension;
    __asm__ volatile("ecall" : "+r"(a0), "+r"(a1) : "r"(a6), "r"(a7) : "memory");
    return (struct answer){(i32)a0, a1};
}

void firmware_timer(u64 when)
{
    firmware_call(TIME, 0, (u32)when, (u32)(when >> 32));
}

void firmware_print(const char *text)
{
    while (*text)
        firmware_call(PUT, 0, (u8)*text++, 0);
}

u32 firmware_version(void)
{
    return firmware_call(BASE, 0, 0, 0).value;
}

void firmware_power_off(bool well)
{
    firmware_call(RESET, 0, 0, well ? 0 : 1);
    for (;;)
        wait_for_interrupt();
}
