// The beginning and the end of a VM.
#ifndef HYPERVISOR_LIFE_H
#define HYPERVISOR_LIFE_H

#include "hypervisor/turn.h"

// Makes a VM, whose turn it is then. Its RAM is loaded already. Returns false if the VMM's memory
// is too small for it, if there are VM_INDEX * VM_INDEX_EACH of them, or if the hardware has no
// guest mode, which the technique `assist` wants.
bool life_begin(struct turn *t, const struct guest_config *c);

// The VM has come to its end, for the reason in vm->life: its gangs leave the scheduler and its
// shadows go. Switches the machine off with the last VM, if the configuration says so.
void life_end(struct turn *t);

#endif
