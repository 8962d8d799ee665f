// Runs one VCPU. This file knows nothing of queues: the caller decides who runs next
// (hypervisor/vmm.c).
#ifndef HYPERVISOR_VCPU_H
#define HYPERVISOR_VCPU_H

#include "hypervisor/turn.h"

// How a VCPU goes on after it ran or took a trap.
enum run_end {
    RUN_ON,   // it goes on at once
    RUN_USED, // the caller must choose again: the VCPU's ticks are used up, it parked or stopped, a
              // real interrupt came, or something changed for other VCPUs
    RUN_BLOCKED, // no VCPU of the VM can go on until input comes
    RUN_OFF,     // the VM has come to its end: vm->life says why
    RUN_PAUSED,  // the hardware paused; the turn goes on later where it is now
};

// Delivers an interrupt if one is pending. Then runs the VCPU, exit after exit, until the caller
// must choose again. Never returns RUN_ON. The VCPU may use this number of ticks; clock_stop
// tells how many it used.
enum run_end vcpu_run(struct turn *t, u32 ticks);

// Continues a turn that was paused, in the middle of hw_run. Returns as vcpu_run does.
enum run_end vcpu_go_on(struct turn *t);

#endif
