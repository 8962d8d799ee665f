// A gang is a group of VCPUs of one VM that take turns on one hart. This file chooses which of
// them runs, and finds out when a gang that waits has reason to run again.
#ifndef HYPERVISOR_GANG_H
#define HYPERVISOR_GANG_H

#include "hypervisor/turn.h"

// Chooses a VCPU of the gang whose turn it is. ROUND_RUN: t->v may run. ROUND_WAIT: all VCPUs
// wait in `wfi`, and *until is the first deadline by the wall clock, or FOREVER. ROUND_EMPTY: no
// VCPU is started.
enum round_state gang_choose(struct turn *t, u64 *until);

// To be called when something in the VM has changed. Of the VM's gangs that wait, those that
// have reason to run become ready.
void gang_wake_all(struct turn *t);

#endif
