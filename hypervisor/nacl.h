// The VMM's side of SBI NACL. A guest that is a VMM and has the hypervisor extension (L1) can
// ask for many things in one call. The layout of the shared memory is in isa/board/nacl.h.
//
//     L1                               the VMM                            L2, the guest of L1
//     csrr vs*, h*: reads of memory
//     csrw vs*, h*: writes of memory
//     ecall SYNC_SRET  -------------->  does the writes, the fences,
//                                       the sret  ---------------------->  runs
//     handler  <-----------------------  writes all registers to memory <-- trap
//
// So an exit of L2 costs two exits of L1: the trap and the call. Without the calls, each access
// of L1 to one of these registers is an exit, and there are about 16 of them.
// `hypervisor/lend.h` is the same idea for a machine without the hypervisor extension.
//
// A VMM offers the calls to guests with the extension, if the VMM's configuration says
// `enlightened`. If it does not offer them, the answer is SBI_NOT_SUPPORTED, and the probe of
// the BASE extension returns 0. All features of NACL are there.
//
//   PROBE_FEATURE       a0 = the feature. a1 = 1: it is there
//   SET_SHARED_MEMORY   a0, a1 = the address, low and high word; a2 = 0. Both words all ones: ends
//                       the sharing. SBI_INVALID_PARAM: not a multiple of 4096, or a2 is not 0.
//                       SBI_INVALID_ADDRESS: it is not RAM of the VM
//   SYNC_CSR            a0 = the number of the register, or all ones. SBI_INVALID_PARAM: there is
//                       no such register
//   SYNC_HFENCE         a0 = the number of the entry, or all ones. SBI_INVALID_PARAM: from 120 on
//   SYNC_SRET           does both for all, loads x1 to x31, and executes sret: it does not return
//
// The last three answer SBI_NO_SHARED_MEMORY if there is no shared memory. The sharing also ends
// when the hart is stopped (HSM), because the kernel may then use the memory for something else.
//
// The memory belongs to L1, which can write anything into it. The VMM does with it only what L1
// could also ask for by instructions, so L1 can harm only itself.
// Read next: hypervisor/nacl.c.
#ifndef HYPERVISOR_NACL_H
#define HYPERVISOR_NACL_H

#include "hypervisor/trap.h"

// Returns true if the VM of the VCPU may use the calls.
static inline bool nacl_is_offered(const struct turn *t)
{
    return t->vmm->enlightened && t->vm->has_h;
}

// Handles an ecall to the extension, from virtual K of a VM that may use it.
enum verdict nacl_call(struct turn *t);

// To be called when registers of the VCPU's extension have changed, and V is 0. `left_guest` is
// true if V was 1 until now.
void nacl_changed(struct turn *t, bool left_guest);

#endif
