// The end of a VM. (Its start is a part of vmm_start, in life.c too.)
#ifndef HYPERVISOR_LIFE_H
#define HYPERVISOR_LIFE_H

#include "hypervisor/turn.h"

// The VM has come to its end, for the reason in vm->life: its gangs leave the scheduler and its
// shadows go. Switches the machine off with the last VM, if the configuration says so.
void life_end(struct turn *t);

#endif
