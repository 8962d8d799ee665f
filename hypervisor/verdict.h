// What is done about an outcome, and how the VCPU goes on from there.
#ifndef HYPERVISOR_VERDICT_H
#define HYPERVISOR_VERDICT_H

#include "hypervisor/trap.h"

// How does a VCPU that ran, or took a trap, go on?
enum run_end {
    RUN_ON,      // it goes on at once
    RUN_USED,    // its caller must choose again: its ticks are used up, it parked or stopped, a
                 // real interrupt came, or something changed for other VCPUs
    RUN_BLOCKED, // no VCPU of the VM can go on until input comes
    RUN_OFF,     // the VM has come to its end: vm->life says why
    RUN_PAUSED,  // the hardware paused; the turn goes on later where it is now
};

// Does what a handler decided: this alone moves pc and counts emulated instructions. REFLECT
// delivers `trap`.
enum run_end verdict_apply(struct turn *t, enum verdict verdict, const struct trap *trap);

// Delivers a trap, or an interrupt, to the VCPU's own trap handler.
enum run_end verdict_deliver(struct turn *t, u32 cause, u32 tval);

#endif
