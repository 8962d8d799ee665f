// When is a VM stuck? isa/arch/stuck.h says it for one hart; here it is asked of all VCPUs of a VM.
#ifndef HYPERVISOR_STUCK_H
#define HYPERVISOR_STUCK_H

#include "hypervisor/vcpu.h"

// The VCPU took a trap that changed nothing at all: its handler faults on its own first fetch, a
// trap storm. Says how the VCPU goes on. If no VCPU can ever go on by itself, the VM is stuck
// (RUN_OFF), or it waits for input if a VCPU listens to that (RUN_BLOCKED).
enum run_end stuck_storm(struct turn *t);

// Has every VCPU been stopped through the firmware? Then nobody is left who could start one.
bool stuck_all_stopped(const struct turn *t);

#endif
