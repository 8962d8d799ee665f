// The only door to guest memory. Whatever the VMM does there on a guest's behalf (walks of its page
// tables, DMA of its devices, buffers of SBI calls, fetches for emulation) is bounds-checked here
// against the VM's memory map, which is simply
//
//      gpa BOARD_RAM .. + ram_size   ->   mpa ram_at .. + ram_size
#ifndef HYPERVISOR_GMEM_H
#define HYPERVISOR_GMEM_H

#include "hypervisor/turn.h"

// Are these bytes all RAM of the VM?
bool gmem_has(const struct vm *vm, gpa address, u32 bytes);
// The machine address of a byte of its RAM. The caller has made sure that it is RAM (gmem_has).
mpa gmem_mpa(const struct vm *vm, gpa address);

// Copies. Returns false, and copies nothing, if any byte is not RAM of the VM.
bool gmem_read(struct turn *t, gpa address, void *to, u32 bytes);
bool gmem_write(struct turn *t, gpa address, const void *from, u32 bytes);

// Translates a guest virtual address as the VCPU would do it now: by its satp, in its view. If the
// VCPU must fault, walk.cause says how. With paging off the address is the gpa. The caller finds
// out whether walk.address is RAM, a device, or nothing.
struct sv32_walk gmem_translate(struct turn *t, gva address, enum access access);

// The instruction at the VCPU's pc. Returns false if it cannot be fetched.
bool gmem_fetch(struct turn *t, u32 *word);

#endif
