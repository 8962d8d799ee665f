// Hardware assistance: the hart itself runs the guest's kernel, in the guest mode of RISC-V's
// hypervisor extension (isa/arch/h_extension.h). Only devices, firmware calls, `wfi` and
// counters still cause exits to the VMM.
//
//     guest virtual --the guest's own satp--> guest physical --the VM's memory map--> machine
//                     first stage, the guest                   second stage (hgatp),
//                     changes it without exits                 the VMM's (map.h)
//
//                       trap-and-emulate        assist
//     guest's kernel    real U                  guest mode, K of the guest (VS)
//     CSRs, sret        exit, emulated          no exit: the guest has a bank of its own
//     guest's traps     exit, reflected         no exit: delegated to the guest
//     page tables       shadowed: fill, fence   no exit: the hart walks both stages
//     timer             the VMM stops the run   no exit: the hart compares the guest's time
//     device, SBI, wfi  exit, emulated          exit, emulated
//
// The VMM can also do without the second stage (`assist-shadow`). The hart then walks a shadow
// in place of the guest's own table (hypervisor/shadow.h), and three things are exits again: the
// guest's page faults, its fences, and its accesses to satp.
//
//     guest virtual --the shadow, the VMM's--> machine
//
// The hart keeps translations of different VMIDs apart. VMID 0 is for shadows in guest mode,
// whose ASIDs the VMM chooses. The last VMID is for merged tables (hypervisor/merged.h), whose
// ASIDs a guest's guest chooses. Each other VMID is for a VCPU.
//
// Read next: hypervisor/assist.c.
#ifndef HYPERVISOR_ASSIST_H
#define HYPERVISOR_ASSIST_H

#include "hypervisor/turn.h"

#define VMID_OF_MERGED 127u

// The operations of hypervisor/technique.h.
bool assist_use(struct turn *t);
void assist_fence(struct turn *t, const gva *address, const u32 *asid);
void assist_switch(struct turn *t);
void assist_free(struct turn *t, struct vm *vm);

// The first operation of `assist-shadow`. The others are those of hypervisor/shadow.h.
bool assist_use_shadow(struct turn *t);
// Returns the hgatp of the VCPU whose turn it is: the memory map of its VM, under a VMID of the
// VCPU's own.
u32 assist_hgatp(struct turn *t);

#endif
