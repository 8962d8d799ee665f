// Guests of guests under trap-and-emulate. On any machine a guest of the technique `trap` may
// have the hypervisor extension (hypervisor/virtual_h.h). Such a guest can run a guest of its
// own in guest mode, although the hart is in real U all the time and need not have the
// extension:
//
//     L2 virtual --vsatp of L2--> L2 physical --hgatp of L1--> L1 physical --map of L1--> machine
//         |                                                                                  ^
//         +------------------------------------ shadow --------------------------------------+
//
// (L1 is the guest, and L2 is the guest of that guest.)
//
// A shadow composes all three translations. L2's satp and view select the shadow, as L1's satp
// and view select L1's own shadows. The *second stage* selects it, too: each second stage has a
// set of shadows of its own, which is in force while L2 runs under that second stage. A number
// stands for a second stage. It is made of L1's hgatp, whose bits 1:0 are always 0:
//
//      31   30   29 28      22 21            2        1               0
//     +----+-------+----------+---------------+-----------------+-------------+
//     |MODE|   0   |   VMID   |   PPN[21:2]   |  MXR of L1: it  |  1: L2 runs |
//     |    |       |          |               | counts for both |  (V = 1)    |
//     +----+-------+----------+---------------+-----------------+-------------+
//
// The number 0 stands for L1 itself (V = 0). A merged table (hypervisor/merged.h) is the same
// idea for a hart that walks one of the stages by itself.
// Read next: hypervisor/shadow_inner.c.
#ifndef HYPERVISOR_SHADOW_INNER_H
#define HYPERVISOR_SHADOW_INNER_H

#include "hypervisor/gmem.h"

// The operations of hypervisor/technique.h.
bool shadow_inner_use(struct turn *t);
void shadow_inner_fence_own(struct turn *t, const gva *address, const u32 *asid);
void shadow_inner_fence(struct turn *t, const gva *address, const u32 *asid);
void shadow_inner_forget(struct turn *t, const u32 *vmid);

// The result of a walk by both stages.
struct inner_walk {
    struct sv32_walk walk; // as if both stages were one; its level is the level of the first stage
    bool whole;            // the second stage maps the 4 MiB around the address as one piece
};

// Translates as gmem_translate does, for a VCPU that runs its guest. The cause of a failure may
// be a guest page fault. t->fault then has its guest physical address and htinst.
struct inner_walk shadow_inner_translate(struct turn *t, gva address, enum access access);

#endif
