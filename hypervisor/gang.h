// A gang: the VCPUs of a VM that take turns on one hart. Which of them runs, and when does a gang
// that waits have reason to run again?
#ifndef HYPERVISOR_GANG_H
#define HYPERVISOR_GANG_H

#include "hypervisor/turn.h"

// Chooses the VCPU of the gang whose turn it is. ROUND_RUN: t->v may run. ROUND_WAIT: all VCPUs
// wait in `wfi`; *until is the first deadline by the wall clock, or FOREVER. ROUND_EMPTY: none is
// started.
enum round_state gang_choose(struct turn *t, u64 *until);

// Something in the VM changed: makes those of its gangs ready that wait and have reason to run.
void gang_wake_all(struct turn *t);

#endif
