// The device tree blob that a kernel finds at a1: the board of isa/board/board.h in the words that
// QEMU's `virt` uses for it, so that a kernel which looks there finds its devices here. It depends
// on nothing but this description: the same bytes at every depth and on every host.
//
//     /  cpus { cpu@0.. { interrupt-controller } }  memory@80000000  chosen { bootargs stdout-path linux,initrd-* }  poweroff  reboot
//        soc { test@100000  plic@c000000  serial@10000000  virtio_mmio@10001000..10008000  disk@10010000 }
//
// Source: Devicetree Specification 0.3; Linux's bindings for the properties named riscv, and
// linux,.
#ifndef SIM_LOAD_FDT_H
#define SIM_LOAD_FDT_H

#include "isa/types.h"

#define FDT_TIMEBASE \
    10000000u // "ticks a second": a tick is a retired instruction, the number is QEMU's

struct fdt_description {
    u32 ram;            // bytes at BOARD_RAM
    u32 harts;          // 1 to HARTS_MAX
    bool adue;          // hardware sets A and D: the harts are not Svade
    const char *append; // boot arguments; NULL or "": none
    gpa initrd;
    u32 initrd_size; // 0: none
};

// The caller frees the result; NULL: out of memory.
u8 *fdt_make(const struct fdt_description *d, u32 *size);

#endif
