// The only door to guest memory. The VMM reaches guest memory for walks of the guest's page
// tables, DMA of its devices, buffers of SBI calls, and fetches for emulation. Each of these
// goes through gmem_reach, which asks the VM's memory map (hypervisor/map.h) first.
#ifndef HYPERVISOR_GMEM_H
#define HYPERVISOR_GMEM_H

#include "hypervisor/turn.h"

// The result of an attempt to reach guest memory.
enum reach {
    REACHED,
    REACH_NOTHING, // the VM has no RAM there that allows this access
};

// The machine memory behind a guest physical address, as the VM's memory map says.
struct mapping {
    mpa at;     // the machine address of the same byte
    u32 rights; // the rights that the map grants there: PTE_R, PTE_W, PTE_X
    bool super; // one entry maps all the 4 MiB around it
};

// Finds the machine memory behind a guest physical address. *found is valid only if the result
// is REACHED.
enum reach gmem_reach(const struct turn *t, gpa address, enum access access, struct mapping *found);

// Copies. Returns false, and copies nothing, if any byte is not RAM of the VM.
bool gmem_read(struct turn *t, gpa address, void *to, u32 bytes);
bool gmem_write(struct turn *t, gpa address, const void *from, u32 bytes);

// Translates a guest virtual address as the VCPU would do it now, by its satp and in its view.
// If the VCPU must fault, walk.cause says how. With paging off the address is the gpa. The
// caller finds out whether walk.address is RAM, a device, or nothing.
struct sv32_walk gmem_translate(struct turn *t, gva address, enum access access);

// Returns the functions by which a walk reads and writes words of guest memory. Walks that use
// more than the VCPU's satp need them.
struct sv32_memory gmem_words(struct turn *t);

// Reads the instruction at the VCPU's pc. Returns false if it cannot be fetched.
bool gmem_fetch(struct turn *t, u32 *word);

#endif
