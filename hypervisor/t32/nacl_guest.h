// The guest's side of SBI NACL: how a VMM in guest mode asks the VMM below it for many accesses to
// the hypervisor extension at once. The other side is hypervisor/nacl.c, and isa/board/nacl.h is
// the contract between the two.
//
// The next entry into a guest, by SYNC_SRET (hypervisor/t32/guest_switch.S), does all that is
// asked for here. Autoswap is of no use here, because hstatus is only for the guest.
#ifndef HYPERVISOR_T32_NACL_GUEST_H
#define HYPERVISOR_T32_NACL_GUEST_H

#include "isa/board/nacl.h"
#include "isa/isa.h"

#define NACL_SPACE 1024u // index of the CSR space, in words

// Sets up the shared memory of this hart and returns it. Returns NULL if the VMM below does not
// offer it, or on the bare machine.
u32 *nacl_start(void);

// A register of the extension, as after the last trap of a guest.
static inline u32 nacl_get(const u32 *shared, u32 csr)
{
    return shared[NACL_SPACE + NACL_INDEX(csr)];
}

static inline void nacl_put(u32 *shared, u32 csr, u32 value)
{
    u32 index = NACL_INDEX(csr);
    shared[NACL_SPACE + index] = value;
    shared[NACL_DIRTY + index / 32] |= 1u << index % 32;
}

// Forgets what guests of this VMID translated: `type` is of enum nacl_hfence. Without
// NACL_HFENCE_ALL, forgets only the page of address `va`.
void nacl_fence(u32 *shared, u32 type, u32 vmid, u32 asid, u32 va);

// Gives all writes up to now their effect at once.
void nacl_sync_registers(void);

#endif
