// Finds out when a VM is stuck. isa/arch/stuck.h decides this for one hart. This file decides it
// for all VCPUs of a VM.
#ifndef HYPERVISOR_STUCK_H
#define HYPERVISOR_STUCK_H

#include "hypervisor/vcpu.h"

// To be called when the VCPU took a trap that changed nothing at all: its handler faults on its
// own first fetch (a trap storm). Returns how the VCPU goes on. If no VCPU of the VM can ever go
// on by itself, the VM waits for input if a VCPU listens to input (RUN_BLOCKED); otherwise the
// VM is stuck (RUN_OFF).
enum run_end stuck_storm(struct turn *t);

// Returns true if every VCPU has been stopped through the firmware. No VCPU is then left that
// could start another one.
bool stuck_all_stopped(const struct turn *t);

#endif
