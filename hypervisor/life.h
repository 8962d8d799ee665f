// The beginning and the end of a VM.
#ifndef HYPERVISOR_LIFE_H
#define HYPERVISOR_LIFE_H

#include "hypervisor/turn.h"

// Makes a VM, and makes it the VM whose turn it is. Its RAM is loaded already. Returns false if
// the VMM's memory is too small for it, if the VMM has VM_INDEX * VM_INDEX_EACH VMs already, or
// if the technique needs a guest mode that the hardware does not have.
bool life_begin(struct turn *t, const struct guest_config *c);

// To be called when the VM has come to its end, for the reason in vm->life: its gangs leave the
// scheduler, and its shadows are freed. If this was the last VM and the configuration says so,
// the machine is switched off.
void life_end(struct turn *t);

#endif
