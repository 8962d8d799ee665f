// Defines when a hart can never go on by itself. The machine uses this for its harts and the VMM
// for its VCPUs, so both end a guest at the same step.
//
// A machine, or a VM, is stuck if each of its harts is
//
//     stopped     through the firmware (HSM);
//     parked      in `wfi` with no deadline, and nothing that it waits for is pending; or
//     caught      its trap handler faulted on its own first fetch, which changed nothing at all,
//                 and no hart has retired an instruction since then that might have mended that.
//
// Only input from outside can help then, and only where a parked hart waits for it.
// Read next: isa/arch/h_extension.h.
#ifndef ISA_ARCH_STUCK_H
#define ISA_ARCH_STUCK_H

#include "isa/arch/h_extension.h"

// `now` is the hart's time. The caller knows whether it was caught: trap_enter returned false.
// `h` may be NULL: the hart lacks the hypervisor extension.
static inline bool hart_is_stuck(const struct hart_state *s, const struct h_state *h, u64 now,
                                 bool caught)
{
    if (s->run == HART_STOPPED || caught)
        return true;
    return s->run == HART_PARKED && h_deadline(s, h) == UINT64_MAX && !h_awake(s, h, now);
}

// Returns true if input can wake this hart: the board raises an external interrupt for input.
static inline bool hart_hears_input(const struct hart_state *h)
{
    return h->run == HART_PARKED && (h->sie & IP_SEIP);
}

#endif
