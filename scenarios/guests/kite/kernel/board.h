// The machine under kite: QEMU's `virt` board, or that of trapeze, which has the same map.
// Physical addresses are on the left, and on the right is where the kernel sees them once paging
// is on.
//
//     physical                                   virtual, in every address space
//                                                0x00010000  the user program, up to 0x40000000
//     0x0c000000  PLIC                           0x40000000  \
//     0x10000000  UART, virtio-mmio slots        0x40400000  |  mode K only
//     0x80000000  RAM: 4 MiB for the firmware                |
//     0x80400000  kernel, then free pages        0x80400000  /  the same as the physical address
// Read next: scenarios/guests/kite/kernel/csr.h.
#ifndef KITE_BOARD_H
#define KITE_BOARD_H

#include "isa/types.h"

#define RAM_START 0x80000000u
// The last page of 2 GiB is not used, so that the end of RAM is always a number of 32 bits.
#define RAM_LIMIT 0xfffff000u
#define KERNEL_START 0x80400000u

#define PLIC_PHYSICAL 0x0c000000u
#define PLIC 0x40000000u
#define IO_PHYSICAL 0x10000000u
#define UART 0x40400000u
#define VIRTIO(slot) (0x40401000u + (slot)*0x1000u)
#define VIRTIO_SLOTS 8

#define IRQ_UART 10
#define IRQ_VIRTIO(slot) (1 + (slot))

static inline u32 device_read(u32 address)
{
    return *(volatile u32 *)address;
}

static inline void device_write(u32 address, u32 value)
{
    *(volatile u32 *)address = value;
}

#endif
