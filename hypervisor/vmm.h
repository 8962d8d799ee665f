// The VMM: start it, then take turns for ever. A backend's main program is these two calls.
#ifndef HYPERVISOR_VMM_H
#define HYPERVISOR_VMM_H

#include "hypervisor/vm.h"

// Makes the VMM and its VMs as hw_config says; their RAM is loaded already. Returns the VMM's
// machine address, 0 if its memory is too small.
mpa vmm_start(struct hw *hw);

// One turn on this hart: pick a VCPU, give it its interrupts, run it, deal with its exits for as
// long as it may go on. Returns when another choice is to be made, when hw_run returns without a
// trap, and after hw_idle.
void vmm_turn(struct hw *hw, mpa vmm);

#endif
