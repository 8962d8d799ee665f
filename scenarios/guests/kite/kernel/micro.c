// Loops of one privileged instruction. They are for counting what the instruction costs on a
// machine, under a VMM, and under a VMM in a VMM. User programs reach them through the system
// call `micro`. No loop prints, and none reads the time.
// Read next: scenarios/guests/kite/kernel/firmware.c.
#include "scenarios/guests/kite/abi.h"
#include "scenarios/guests/kite/kernel/board.h"
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"
#include "scenarios/guests/kite/kernel/process.h"

static void micro_csr(u32 times)
{
    // sscratch is 0 while the kernel runs, so to swap it with 0 changes nothing.
    while (times--)
        __asm__ volatile("csrrw zero, sscratch, zero");
}

static void micro_sfence(u32 times)
{
    while (times--)
        fence_page(USER_START, current()->space.asid);
}

static void micro_sfence_all(u32 times)
{
    while (times--)
        fence_all();
}

// To the kernel's own address space and back. These two switches count as one.
static void micro_satp(u32 times)
{
    while (times--) {
        space_enter(NULL);
        space_enter(&current()->space);
    }
}

static void micro_sum(u32 times)
{
    while (times--) {
        csr_set(sstatus, SSTATUS_SUM);
        csr_clear(sstatus, SSTATUS_SUM);
    }
}

static void micro_firmware(u32 times)
{
    while (times--)
        firmware_version();
}

static void micro_device(u32 times)
{
    while (times--)
        device_read(VIRTIO(0)); // the magic number of the first virtio slot
}

static void micro_time(u32 times)
{
    while (times--)
        csr_read(time);
}

static void (*const loops[])(u32 times) = {
    [MICRO_CSR] = micro_csr,
    [MICRO_SFENCE] = micro_sfence,
    [MICRO_SFENCE_ALL] = micro_sfence_all,
    [MICRO_SATP] = micro_satp,
    [MICRO_SUM] = micro_sum,
    [MICRO_FIRMWARE] = micro_firmware,
    [MICRO_DEVICE] = micro_device,
    [MICRO_TIME] = micro_time,
};

i32 micro(u32 which, u32 times)
{
    if (which >= sizeof loops / sizeof loops[0])
        return BAD_ARGUMENT;
    loops[which](times);
    return 0;
}
