// A faster switch for a guest VMM. A guest kernel that is itself a VMM spends most of its time
// on switches to its guests and back, and each CSR that it touches on the way is an exit of its
// own. The VMM below can offer this call (the guest VMM is then called *enlightened*). The guest
// VMM asks for the whole switch at once: it writes into its memory which registers and which
// table to run, and calls. The call returns when something has happened, and the registers and
// the reason are then in memory. So the guest VMM reads there, without a trap, what it would
// read in CSRs (sepc, scause, stval, instret, time).
//
//   guest VMM (virtual K)              the VMM below
//   struct lend, registers -- ecall -> begin: x, pc, satp come from memory; virtual U
//                                         its guest runs directly; hidden faults are filled as ever
//   struct lend, registers <- trap --- lend_end: x, pc, cause, tval, ran, time go to memory;
//                                                virtual K, behind the ecall
//
// So an exit of the inner guest costs two round trips: the trap, and the call that resumes the
// inner guest. The guest VMM then needs no trampoline in its guest's address space. (The idea is
// that of shared VMCS shadows: Ben-Yehuda et al., "The Turtles Project", OSDI 2010, section
// 3.5.)
//
// Firmware extension LEND_EXTENSION, in the range that the SBI leaves to vendors:
//   function 0   answers LEND_VERSION in a1: the extension is there
//   function 1   a0 = physical address of a struct lend: runs it. Then a0 = 0, and every other
//                register but sp is the inner guest's. SBI_INVALID_PARAM, and nothing done, if an
//                address is not its RAM or not a multiple of 4
// The extension does not exist (SBI_NOT_SUPPORTED) without vmm_config.enlightened, and for a
// guest VMM of technique `assist`, which takes its traps itself.
// Read next: hypervisor/lend.c.
#ifndef HYPERVISOR_LEND_H
#define HYPERVISOR_LEND_H

#include "isa/types.h"

#define LEND_EXTENSION 0x09747a70u
#define LEND_VERSION 1u
enum lend_function { LEND_PROBE, LEND_RUN };

// What the guest VMM and the VMM below share in memory. The addresses are guest physical
// addresses of the guest VMM.
struct lend {
    // In:
    gpa guest; // x[32], then pc, as struct hart_state begins
    u32 satp;  // of its shadow; the mode bit is taken as set
    // The number of instructions that the inner guest may retire, 1 or more. After exactly this
    // number the call returns, with CAUSE_TIMER.
    u32 limit;
    // Out:
    u32 cause, tval; // of the trap
    u32 ran;         // instructions retired
    u32 time;        // the guest VMM's `time`, low word
    // What the VMM below must remember. All of it concerns the guest VMM alone, so a guest VMM
    // that changes it harms only itself.
    u32 own_sp, own_pc, own_satp;
};

#include "hypervisor/trap.h"

// An ecall to the extension, from virtual K of a VM that may use it.
enum verdict lend_call(struct turn *t);

// Returns how many instructions are left to the inner guest of a VCPU that runs one (v->lent).
static inline u32 lend_left(const struct vcpu *v)
{
    u64 now = v->state.retired;
    return now < v->lent_until ? (u32)(v->lent_until - now) : 0;
}

// Makes the call return, with this cause and tval.
void lend_end(struct turn *t, u32 cause, u32 tval);

#endif
