// Shadow page tables: for each view of a guest's table, the table by which the hart really
// walks. A shadow is a cache. An entry is filled when it is missed (a hidden fault), and any
// entry may be dropped at any time.
//
//     guest table:   gva -> gpa, with the guest's permissions   (in guest memory, the guest's own)
//     memory map:    gpa -> mpa                                 (gmem.h)
//     shadow:        gva -> mpa, with what this view may do; U pages, as the guest really runs in U
//
// In guest mode (hypervisor/assist.h) the hart itself knows in which view it looks. There a
// guest table has one shadow, with the permissions of the guest's own entries.
//
// The invariant: a shadow entry grants at most what the guest entry composed with the memory map
// grants, unless the guest entry changed since the last fence that covers it.
#ifndef HYPERVISOR_SHADOW_H
#define HYPERVISOR_SHADOW_H

#include "hypervisor/gmem.h"

// Puts the shadow of the VCPU's present satp and view in force on this hart. If there is no such
// shadow, makes it first. Returns false if there is no memory for a root.
bool shadow_use(struct turn *t);

// The same for guest mode (hypervisor/assist.h). The caller knows already that the last choice
// is no longer right.
bool shadow_choose(struct turn *t);

// Fills the entry for gva in the shadow in force, from a guest walk that succeeded. The walk
// led to `ram`. Returns false if there is no memory for a table.
bool shadow_fill(struct turn *t, gva address, const struct sv32_walk *walk,
                 const struct mapping *ram);

// Does `sfence.vma`: forgets `address` (NULL: every address) in this ASID of the guest (NULL: in
// every ASID). The policy drop-all forgets everything.
void shadow_fence(struct turn *t, const gva *address, const u32 *asid);

// To be called when the VCPU's `satp` was written. The policy drop-all forgets everything, the
// policy cached nothing.
void shadow_switch(struct turn *t);

// Gives back every shadow page of a VM, which need not be the VM whose turn it is.
void shadow_free(struct turn *t, struct vm *vm);

#endif
