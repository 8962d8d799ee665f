// The enlightened guest VMM. A guest kernel that is itself a VMM spends most of its life switching
// to its guests and back, and each CSR it touches on the way is an exit of its own. When (and only
// when) the VMM below announces itself, it may ask for the whole switch in one call instead: it
// writes down in its memory which registers and which table to run, and calls; the call returns
// when something happened, with the registers and the reason written down. What the CSRs would have
// said (sepc, scause, stval, instret, time) is read there, without a trap.
//
//      guest VMM (virtual K)                the VMM below
//      struct lend, registers  -- ecall --> lend_begin: x, pc, satp from memory; virtual U
//                                               its guest runs, directly; hidden faults are filled as ever
//      struct lend, registers  <-- trap --- lend_end: x, pc, cause, tval, ran, time to memory; virtual K, behind the
//      ecall
//
// So an exit of the inner guest costs two round trips: the trap, and the call that resumes it. The
// guest VMM needs no page of its own in its guest's address space then. (The idea is that of shared
// VMCS shadows: Ben-Yehuda et al., "The Turtles Project", OSDI 2010, section 3.5.)
//
// Firmware extension LEND_EXTENSION, in the range that the SBI leaves to vendors:
//      function 0    a1 = LEND_VERSION: it is there
//      function 1    a0 = physical address of a struct lend: runs it. a0 = 0 on return; every other register but sp is
//                    the inner guest's. -3, and nothing done, if an address is not its RAM or not a multiple of 4
// Without vmm_config.enlightened the extension does not exist (-2).
#ifndef HYPERVISOR_LEND_H
#define HYPERVISOR_LEND_H

#include "isa/types.h"

#define LEND_EXTENSION 0x09747a70u
#define LEND_VERSION 1u
enum lend_function { LEND_PROBE, LEND_RUN };

// The shared page's contents: addresses are the guest VMM's physical ones.
struct lend {
    // In:
    gpa guest; // x[32], then pc, as struct hart_state begins
    u32 satp;  // of its shadow; the mode bit is taken as set
    u32 limit; // instructions it may retire, 1 or more: exactly then the call returns, with cause
               // CAUSE_TIMER
    // Out:
    u32 cause, tval; // of the trap
    u32 ran;         // instructions retired
    u32 time;        // the guest VMM's `time`, low word
    // For the VMM below to remember: it is all about the guest VMM itself, which harms nobody else
    // by changing it.
    u32 own_sp, own_pc, own_satp;
};

#include "hypervisor/trap.h"

// An ecall to the extension, from virtual K of a VM that may use it.
enum verdict lend_call(const struct turn *t);

// The VCPU runs a guest of its own: how many instructions are left to that. All ones if it does
// not.
u32 lend_left(const struct vcpu *v);

// Ends that: the call returns.
void lend_end(const struct turn *t, u32 cause, u32 tval);

#endif
