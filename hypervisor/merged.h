// Guests of guests: two second stages become one.
//
// A guest with the hypervisor extension (hypervisor/virtual_h.h) runs a guest of its own by a
// second stage of its own, its hgatp. The hart has only one hgatp. So the VMM composes both stages
// in a merged table, as a shadow composes a guest's table with the memory map:
//
//     L2 virtual --vsatp of L2--> L2 physical --hgatp of L1--> L1 physical --map of L1--> machine
//                                     |                                                     ^
//                                     +------------------- merged table --------------------+
//
// (L1 is the guest, and L2 is the guest of that guest.)
//
// A merged table is a cache. Each guest page fault that the table causes fills an entry. L1's
// fences of its second stage (hfence.gvma) empty the table. L2's own page tables and its satp
// belong to the first stage alone, so L2 changes them without an exit.
//
// The hart remembers translations of merged tables under one VMID (hypervisor/assist.h). These
// belong to one merged table at a time: the hart forgets them when another table comes into
// force. (The idea is EPT on EPT: Ben-Yehuda et al., "The Turtles Project", OSDI 2010, section
// 3.3.)
// Read next: hypervisor/merged.c.
#ifndef HYPERVISOR_MERGED_H
#define HYPERVISOR_MERGED_H

#include "hypervisor/gmem.h"

// Returns the hgatp by which the hart translates for the guest of the VCPU. Makes the merged
// table if there is none. Returns 0 if there is no memory for it.
u32 merged_hgatp(struct turn *t);

// Fills an entry of the merged table in force. `walk` is the translation of `gpa` by the guest's
// second stage, and `ram` is the machine memory that it led to. Returns false if there is no
// memory for a table.
bool merged_fill(struct turn *t, u64 gpa, const struct h_walk *walk, const struct mapping *ram);

// Does hfence.gvma of the guest: forgets the tables of this VMID of the guest (NULL: of every
// VMID).
void merged_forget(struct turn *t, const u32 *vmid);

// Does hfence.vvma of the guest: forgets `address` (NULL: every address) in this ASID of the
// guest's guest (NULL: in every ASID).
void merged_fence(struct turn *t, const gva *address, const u32 *asid);

// Gives back what is kept of a VM, which need not be the VM whose turn it is. As long as the VM
// is on, its roots are kept, because the VMM may not find such pages again.
void merged_free(struct turn *t, struct vm *vm);

#endif
