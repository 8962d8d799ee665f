// The VMM: a backend's main program calls vmm_start once, and then vmm_turn for ever.
#ifndef HYPERVISOR_VMM_H
#define HYPERVISOR_VMM_H

#include "hypervisor/vm.h"

// Makes the VMM and its VMs as hw_config says. The RAM of the VMs is loaded already. Returns the
// machine address of the struct vmm, or 0 if its memory is too small.
mpa vmm_start(struct hw *hw);

// Takes one turn on this hart: chooses a VCPU, gives it its interrupts, runs it, and handles its
// exits for as long as the VCPU may go on. Returns when another choice is due, when hw_run
// returned without a trap, and after hw_idle.
void vmm_turn(struct hw *hw, mpa vmm);

#endif
