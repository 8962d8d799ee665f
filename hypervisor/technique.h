// A technique: the way in which the VCPUs of a VM run on real harts. The loop in vcpu.c, the
// handlers and the devices are the same for every technique. What differs is how a hart translates
// the addresses of the guest, and this table of operations is all that they know of it.
//
// After hw_run the record of a VCPU is what the architecture says, whatever the technique. So
// observers, snapshots and tests need not know how a VM runs.
// Read next: hypervisor/technique.c.
#ifndef HYPERVISOR_TECHNIQUE_H
#define HYPERVISOR_TECHNIQUE_H

#include "hypervisor/turn.h"

struct technique {
    // From the next hw_run on the hart translates as the VCPU would, by its present satp and mode.
    // Called before every hw_run, so it has to be quick when nothing has changed. Returns false if
    // there is no memory for it.
    bool (*use)(struct turn *t);
    // `sfence.vma`: forgets what was kept of gva (NULL: of every address) in the guest's ASID
    // (NULL: in every one).
    void (*fence)(struct turn *t, const gva *address, const u32 *asid);
    // The same for the VCPU's own guests, if it has the hypervisor extension: `hfence.vvma`, for
    // the VMID in its hgatp; and `hfence.gvma`, for this VMID (NULL: for every one).
    void (*fence_inner)(struct turn *t, const gva *address, const u32 *asid);
    void (*fence_second)(struct turn *t, const u32 *vmid);
    // The VCPU's satp was written, or that of its guests, or its hgatp.
    void (*switched)(struct turn *t);
    // Gives back what is kept of a VM, which need not be the one whose turn it is.
    void (*free)(struct turn *t, struct vm *vm);
    // Does the guest run in guest mode? Then the hart itself delivers the guest's interrupts, its
    // timer included, and the traps that the guest takes by itself. Otherwise each trap comes to
    // the VMM, and the VMM stops the guest before the instruction at which an interrupt is due, and
    // injects it.
    bool guest_mode;
};

// The technique of a VM.
const struct technique *technique_of(const struct vm *vm);

#endif
