// The whole switch in one call. Contracts: hypervisor/t32/lend_guest.h, hypervisor/lend.h.
//
// Both functions are yours. This beginning never asks for the call, so the VMM switches by itself,
// CSR by CSR, and each of these accesses is an exit into the VMM below.
#include "hypervisor/t32/lend_guest.h"
#include "hypervisor/lend.h"
#include "hypervisor/t32/csr.h"
#include "isa/board/sbi.h"

// Yours. Ask the VMM below. (firmware() of csr.h gives a0 back, but not a1.)
bool lend_offered(void)
{
    return false;
}

// Yours. Fill in a struct lend, make the call, and say in *exit what happened. Which registers are
// yours when the call returns, and does the compiler know that? Is the end of the limit a trap?
u32 lend_run(struct hart_state *guest, u32 satp, u32 limit, struct hw_exit *exit)
{
    (void)guest;
    (void)satp;
    *exit = (struct hw_exit){.ran = limit};
    return 0;
}
