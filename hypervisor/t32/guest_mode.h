// Guest mode on the hart of the T32 backend: the instructions and registers of the hypervisor
// extension (isa/arch/h_extension.h), as the VMM in HS uses them.
//
//      the VMM's own table all the time           the guest's satp, then hgatp
//      enter: save sp, ra; sepc <- the guest's pc
//             counter -> ENTRY_START; stimecmp
//             by time: htimedelta
//             load x1..x31;  sret --------------->  guest, V = 1
//                                                      ... its own traps and interrupts
//                                                      ... a trap for the VMM
//      leave: store x1..x31; counter  <-----------
//             restore sp, ra; return
//
// No page of the guest's address space is needed for it, since the hart changes tables by itself.
// With shadow page tables hgatp is 0, and a shadow takes the place of the guest's satp.
//
// The file is included by assembly, too, for the offsets and lengths.
#ifndef HYPERVISOR_T32_GUEST_MODE_H
#define HYPERVISOR_T32_GUEST_MODE_H

// The values that `leave` needs: the VMM's stack pointer and return address, and what `enter`
// read.
#define ENTRY_SP 0
#define ENTRY_RA 4
#define ENTRY_START 8
#define ENTRY_SIZE 12

// How many instructions are between a reading of the counter and the guest. The assembler checks
// this.
#define BY_TIME_IN 41      // from the reading of time, it included, to sret
#define BY_INSTRET_IN 36   // the same, of instret
#define CALL_BY_TIME_IN 10 // the same two, up to the ecall of SYNC_SRET
#define CALL_BY_INSTRET_IN 5
#define GUEST_MODE_OUT 31 // from the trap to the reading of the counter, it excluded

// The call, for the assembler.
#define SYNC_SRET 4
#define SBI_EXTENSION_NACL 0x4e41434c

#ifndef __ASSEMBLER__
#include "hypervisor/t32/hw.h"

// Runs the guest in guest mode, as hw_run does.
void guest_mode_run(struct hw *hw, struct hart_state *guest, u32 limit, struct hw_exit *exit);
// To be called before the hart runs a guest in real U. The caller sets stvec, sscratch and the
// timer.
void guest_mode_end(struct hw *hw);
// Does hw_flush for the shadows of guests in guest mode.
void guest_mode_flush(struct hw *hw, u32 asid, const gva *va);
// The guest's interrupts must not end the VMM's own `wfi`.
void guest_mode_idle(struct hw *hw);
#endif

#endif
