// The VMM: start it, then take turns for ever. A backend's main program is these two calls.
#ifndef HYPERVISOR_VMM_H
#define HYPERVISOR_VMM_H

#include "hypervisor/vm.h"

// Makes the VMM and its VMs as hw_config says. The RAM of the VMs is loaded already. Returns the
// machine address of the struct vmm, or 0 if its memory is too small.
mpa vmm_start(struct hw *hw);

// One turn on this hart: chooses a VCPU, gives it its interrupts, runs it, and deals with its exits
// for as long as it may go on. Returns when another choice is due, when hw_run returned without a
// trap, and after hw_idle.
void vmm_turn(struct hw *hw, mpa vmm);

#endif
