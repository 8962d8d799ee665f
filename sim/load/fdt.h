// The device tree blob that a kernel finds at a1: the board of isa/board/board.h in the words that
// QEMU's `virt` board uses. A kernel that looks there finds its devices here. The blob depends on
// nothing but this description: it is the same bytes at every depth and on every host.
//
//     /  chosen { bootargs stdout-path linux,initrd-* }
//        memory@80000000
//        cpus { cpu@0.. { interrupt-controller } }
//        poweroff  reboot
//        soc { test@100000  plic@c000000  serial@10000000
//              virtio_mmio@10001000..10008000  disk@10010000 }
//
// Source: Devicetree Specification 0.3; the bindings in the Linux kernel for properties whose names
// begin with "riscv," and "linux,".
// Read next: sim/classify.h.
#ifndef SIM_LOAD_FDT_H
#define SIM_LOAD_FDT_H

#include "isa/types.h"

// "Ticks a second" is QEMU's number. A tick is a retired instruction here.
#define FDT_TIMEBASE 10000000u

struct fdt_description {
    u32 ram;            // bytes at BOARD_RAM
    u32 harts;          // 1 to HARTS_MAX
    bool adue;          // hardware sets A and D, so the harts are not Svade
    bool h;             // the harts have the hypervisor extension
    const char *append; // boot arguments; NULL or "": none
    gpa initrd;
    u32 initrd_size; // 0: none
};

// Makes the blob. The caller frees the result. Returns NULL if there is no memory.
u8 *fdt_make(const struct fdt_description *d, u32 *size);

#endif
