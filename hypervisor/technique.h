// A technique is the way in which the VCPUs of a VM run on real harts. The loop in vcpu.c, the
// handlers and the devices are the same for every technique. Techniques differ in how a hart
// translates the addresses of the guest, and the rest of the VMM knows only this table of
// operations.
//
// After hw_run the record of a VCPU is as the architecture defines it, whatever the technique.
// So observers, snapshots and tests need not know how a VM runs.
// Read next: hypervisor/technique.c.
#ifndef HYPERVISOR_TECHNIQUE_H
#define HYPERVISOR_TECHNIQUE_H

#include "hypervisor/turn.h"

struct technique {
    // From the next hw_run on, the hart translates as the VCPU would, by its present satp and
    // mode. This function is called before every hw_run, so it must be quick when nothing has
    // changed. Returns false if there is no memory.
    bool (*use)(struct turn *t);
    // Does `sfence.vma`: forgets what was kept of `address` (NULL: of every address) in this
    // ASID of the guest (NULL: in every ASID).
    void (*fence)(struct turn *t, const gva *address, const u32 *asid);
    // The same for the VCPU's own guests, if it has the hypervisor extension: `hfence.vvma`, for
    // the VMID in its hgatp; and `hfence.gvma`, for this VMID (NULL: for every VMID).
    void (*fence_inner)(struct turn *t, const gva *address, const u32 *asid);
    void (*fence_second)(struct turn *t, const u32 *vmid);
    // To be called when the VCPU's satp was written, or the satp of its guests, or its hgatp.
    void (*switched)(struct turn *t);
    // Gives back what is kept of a VM, which need not be the VM whose turn it is.
    void (*free)(struct turn *t, struct vm *vm);
    // True if the guest runs in guest mode. The hart itself then delivers the guest's
    // interrupts, its timer included, and the traps that the guest takes by itself. If it is
    // false, each trap comes to the VMM. The VMM then stops the guest before the instruction at
    // which an interrupt is due, and injects the interrupt.
    bool guest_mode;
};

// Returns the technique of a VM.
const struct technique *technique_of(const struct vm *vm);

#endif
