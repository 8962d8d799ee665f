// Running one VCPU. It knows no queue: who runs next is the caller's business (hypervisor/vmm.c).
#ifndef HYPERVISOR_VCPU_H
#define HYPERVISOR_VCPU_H

#include "hypervisor/turn.h"

// How does a VCPU that ran, or took a trap, go on?
enum run_end {
    RUN_ON,      // it goes on at once
    RUN_USED,    // its caller must choose again: its ticks are used up, it parked or stopped, a
                 // real interrupt came, or something changed for other VCPUs
    RUN_BLOCKED, // no VCPU of the VM can go on until input comes
    RUN_OFF,     // the VM has come to its end: vm->life says why
    RUN_PAUSED,  // the hardware paused; the turn goes on later where it is now
};

// Delivers an interrupt if one is pending, then runs the VCPU, exit after exit, until the caller
// must choose again; never returns RUN_ON. The VCPU may use so many ticks; clock_stop says how many
// it used.
enum run_end vcpu_run(struct turn *t, u32 ticks);

// The same for a turn that was paused: it goes on in the middle of hw_run.
enum run_end vcpu_go_on(struct turn *t);

#endif
