// The gangs that wait for a time, so that the first to be due is at hand however many there are.
// One that waits for ever (wake = FOREVER) is not among them.
//
//                     vmm->waiting: the first due
//                        | child
//                        v     next
//                        g <-------> g <-------> g          a pairing heap: nobody is due before the one above it
//                        |    prev               |          (Fredman, Sedgewick, Sleator, Tarjan, "The pairing
//                        g <--> g                g          heap", 1986)
#ifndef HYPERVISOR_WAITING_H
#define HYPERVISOR_WAITING_H

#include "hypervisor/vm.h"

// Of those due at the same time the one with the lowest address is the first. A few steps.
void waiting_insert(struct hw *hw, struct vmm *vmm, mpa gang);

// Takes out any of them: as many steps as the logarithm of their number, in the long run.
void waiting_remove(struct hw *hw, struct vmm *vmm, mpa gang);

#endif
