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
// A merged table is a cache. It is filled by the guest page faults that it causes, and L1's fences
// of its second stage (hfence.gvma) empty it. What L2 does to its own page tables and to its satp
// concerns the first stage alone, so it is no exit.
//
// The hart remembers translations of merged tables under one VMID (hypervisor/assist.h). It knows
// one table at a time, and forgets when another one comes into force. (The idea is EPT on EPT:
// Ben-Yehuda et al., "The Turtles Project", OSDI 2010, section 3.3.)
// Read next: hypervisor/merged.c.
#ifndef HYPERVISOR_MERGED_H
#define HYPERVISOR_MERGED_H

#include "hypervisor/gmem.h"

// The hgatp by which the hart translates for the guest of the VCPU, which is virtual itself. Makes
// the merged table if there is none. Returns 0 if there is no memory for it.
u32 merged_hgatp(struct turn *t);

// Fills the merged table in force. The guest's second stage has translated `gpa` as `walk` says,
// which led to `ram`. Returns false if there is no memory for it.
bool merged_fill(struct turn *t, u64 gpa, const struct h_walk *walk, const struct mapping *ram);

// hfence.gvma of the guest: forgets the tables of this VMID of the guest (NULL: of every one).
void merged_forget(struct turn *t, const u32 *vmid);

// hfence.vvma of the guest: forgets gva (NULL: every address) in this ASID of the guest's guest
// (NULL: in every one).
void merged_fence(struct turn *t, const gva *address, const u32 *asid);

// Gives back what is kept of a VM, which need not be the one whose turn it is. The roots are kept
// for as long as the VM is on, since the VMM may find no such pages again.
void merged_free(struct turn *t, struct vm *vm);

#endif
