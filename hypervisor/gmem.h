// The only door to guest memory. Every access by the VMM on a guest's behalf (page-table walks, DMA
// of its devices, SBI buffers, instruction fetch for emulation) is bounds-checked here against the
// VM's memory map, which is simply
//
//      gpa 0x80000000 .. + ram_size   ->   mpa ram_at .. + ram_size
#ifndef HYPERVISOR_GMEM_H
#define HYPERVISOR_GMEM_H

#include "hypervisor/vm.h"

// Are these bytes all RAM of the VM?
bool gmem_has(const struct vm *vm, gpa address, u32 bytes);
// The machine address of a byte of its RAM (gmem_has says that it is).
mpa gmem_mpa(const struct vm *vm, gpa address);

// Copies; false, and nothing done, if any byte is not its RAM.
bool gmem_read(struct hw *hw, const struct vm *vm, gpa address, void *to, u32 bytes);
bool gmem_write(struct hw *hw, const struct vm *vm, gpa address, const void *from, u32 bytes);

// Translates a guest virtual address as the VCPU would now: its satp, its view, its fault if it
// must have one. With paging off the address is the gpa. Whether RAM, a device or nothing is at
// walk.address is not asked.
struct sv32_walk gmem_translate(const struct turn *t, gva address, enum access access);

// The instruction at the VCPU's pc. False: it cannot be fetched.
bool gmem_fetch(const struct turn *t, u32 *word);

#endif
