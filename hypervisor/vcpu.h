// Running one VCPU. It knows no queue: who runs next is the caller's business (hypervisor/vmm.c).
#ifndef HYPERVISOR_VCPU_H
#define HYPERVISOR_VCPU_H

#include "hypervisor/verdict.h"

// Delivers an interrupt if one is pending, then runs the VCPU, exit after exit, until the caller
// must choose again; never returns RUN_ON. The VCPU may use so many ticks; clock_stop says how many
// it used.
enum run_end vcpu_run(struct turn *t, u32 ticks);

// The same for a turn that was paused: it goes on in the middle of hw_run.
enum run_end vcpu_go_on(struct turn *t);

#endif
