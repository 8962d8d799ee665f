// The guest's side of the enlightened switch: how a VMM that is a guest asks the VMM below it to
// run its own guest. The other side is hypervisor/lend.c, and hypervisor/lend.h is the contract
// between the two.
#ifndef HYPERVISOR_T32_LEND_GUEST_H
#define HYPERVISOR_T32_LEND_GUEST_H

#include "hypervisor/hw.h"

// Returns true if the VMM below offers the call, in the version of this header. On a bare
// machine, and under a VMM that does not offer it, the firmware call is not supported.
bool lend_offered(void);

// Runs the guest as hw_run does (hypervisor/hw.h): in real U under the table `satp`, until it traps
// or exactly `limit` of its instructions have retired. Updates x and pc of *guest, and *exit.
// Returns the low word of `time` when the guest was left.
u32 lend_run(struct hart_state *guest, u32 satp, u32 limit, struct hw_exit *exit);

#endif
