// The enlightened guest VMM. A guest kernel that is itself a VMM spends most of its life on
// switches to its guests and back, and each CSR that it touches on the way is an exit of its own.
// If the VMM below it offers this call, the guest VMM can ask for the whole switch at once. It
// writes down in its memory which registers and which table to run, and calls. The call returns
// when something happened, with the registers and the reason written down. What CSRs would say
// (sepc, scause, stval, instret, time) is read there, without a trap.
//
//   guest VMM (virtual K)              the VMM below
//   struct lend, registers -- ecall -> begin: x, pc, satp come from memory; virtual U
//                                         its guest runs directly; hidden faults are filled as ever
//   struct lend, registers <- trap --- lend_end: x, pc, cause, tval, ran, time go to memory;
//                                                virtual K, behind the ecall
//
// So an exit of the inner guest costs two round trips: the trap, and the call that resumes it. The
// guest VMM needs no trampoline in its guest's address space then. (The idea is that of shared VMCS
// shadows: Ben-Yehuda et al., "The Turtles Project", OSDI 2010, section 3.5.)
//
// Firmware extension LEND_EXTENSION, in the range that the SBI leaves to vendors:
//   function 0   answers LEND_VERSION in a1: the extension is there
//   function 1   a0 = physical address of a struct lend: runs it. Then a0 = 0, and every other
//                register but sp is the inner guest's. SBI_INVALID_PARAM, and nothing done, if an
//                address is not its RAM or not a multiple of 4
// Without vmm_config.enlightened, and for a guest VMM of technique `assist`, which takes its traps
// itself, the extension does not exist (SBI_NOT_SUPPORTED).
// Read next: hypervisor/lend.c.
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
    // Instructions that it may retire, 1 or more: exactly then the call returns, with CAUSE_TIMER.
    u32 limit;
    // Out:
    u32 cause, tval; // of the trap
    u32 ran;         // instructions retired
    u32 time;        // the guest VMM's `time`, low word
    // What the VMM below has to remember. It is all about the guest VMM itself, so a guest VMM that
    // changes it harms only itself.
    u32 own_sp, own_pc, own_satp;
};

#include "hypervisor/trap.h"

// An ecall to the extension, from virtual K of a VM that may use it.
enum verdict lend_call(struct turn *t);

// How many instructions are left to the inner guest of a VCPU that runs one (v->lent).
static inline u32 lend_left(const struct vcpu *v)
{
    u64 now = v->state.retired;
    return now < v->lent_until ? (u32)(v->lent_until - now) : 0;
}

// The call returns, with this cause and tval.
void lend_end(struct turn *t, u32 cause, u32 tval);

#endif
