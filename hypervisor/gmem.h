// The only door to guest memory. Whatever the VMM does there on a guest's behalf (walks of its page
// tables, DMA of its devices, buffers of SBI calls, fetches for emulation) goes through gmem_reach,
// which asks the VM's memory map (hypervisor/map.h) first.
#ifndef HYPERVISOR_GMEM_H
#define HYPERVISOR_GMEM_H

#include "hypervisor/turn.h"

// What became of an attempt to reach guest memory.
enum reach {
    REACHED,
    REACH_NOTHING, // there is no RAM of the VM that allows this access
};

// What stands behind a guest physical address, by the VM's memory map.
struct mapping {
    mpa at;     // the machine address of the same byte
    u32 rights; // what the map allows there: of PTE_R, PTE_W, PTE_X
    bool super; // one entry maps all the 4 MiB around it
};

// Finds what stands behind a guest physical address. *found is good only if the byte was REACHED.
enum reach gmem_reach(const struct turn *t, gpa address, enum access access, struct mapping *found);

// Copies. Returns false, and copies nothing, if any byte is not RAM of the VM.
bool gmem_read(struct turn *t, gpa address, void *to, u32 bytes);
bool gmem_write(struct turn *t, gpa address, const void *from, u32 bytes);

// Translates a guest virtual address as the VCPU would do it now: by its satp, in its view. If the
// VCPU must fault, walk.cause says how. With paging off the address is the gpa. The caller finds
// out whether walk.address is RAM, a device, or nothing.
struct sv32_walk gmem_translate(struct turn *t, gva address, enum access access);

// How a walk reaches words of guest memory: for walks that are not by the VCPU's satp alone.
struct sv32_memory gmem_words(struct turn *t);

// The instruction at the VCPU's pc. Returns false if it cannot be fetched.
bool gmem_fetch(struct turn *t, u32 *word);

#endif
