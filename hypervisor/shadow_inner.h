// Guests of guests under trap-and-emulate. A guest of the technique `trap` may have the hypervisor
// extension (hypervisor/virtual_h.h), on any machine. Then it can run a guest of its own in guest
// mode, though the hart is in real U all the time and need not have the extension:
//
//     L2 virtual --vsatp of L2--> L2 physical --hgatp of L1--> L1 physical --map of L1--> machine
//         |                                                                                  ^
//         +------------------------------------ shadow --------------------------------------+
//
// (L1 is the guest, and L2 is the guest of that guest.)
//
// A shadow composes the three. It is chosen by L2's satp and view, as L1's own shadows are chosen
// by L1's, and besides by the *second stage*. So each second stage has a set of shadows of its own,
// which is in force while L2 runs under it. A second stage is a number, made of L1's hgatp, whose
// bits 1:0 are always 0:
//
//      31   30   29 28      22 21            2        1               0
//     +----+-------+----------+---------------+-----------------+-------------+
//     |MODE|   0   |   VMID   |   PPN[21:2]   |  MXR of L1: it  |  1: L2 runs |
//     |    |       |          |               | counts for both |  (V = 1)    |
//     +----+-------+----------+---------------+-----------------+-------------+
//
// and 0 stands for L1 itself (V = 0). A merged table (hypervisor/merged.h) is the same idea where
// the hart walks one of the stages by itself.
// Read next: hypervisor/shadow_inner.c.
#ifndef HYPERVISOR_SHADOW_INNER_H
#define HYPERVISOR_SHADOW_INNER_H

#include "hypervisor/gmem.h"

// The operations of hypervisor/technique.h.
bool shadow_inner_use(struct turn *t);
void shadow_inner_fence_own(struct turn *t, const gva *address, const u32 *asid);
void shadow_inner_fence(struct turn *t, const gva *address, const u32 *asid);
void shadow_inner_forget(struct turn *t, const u32 *vmid);

// What a walk by both stages found.
struct inner_walk {
    struct sv32_walk walk; // as of one stage; its level is that of the first one
    bool whole;            // the second stage maps the 4 MiB around the address as one piece
};

// As gmem_translate, for a VCPU that runs its guest. The cause of a failure may be a guest page
// fault; then t->fault tells the rest.
struct inner_walk shadow_inner_translate(struct turn *t, gva address, enum access access);

#endif
