// What a trap and an `sret` do to a hart, as the specification says it: RISC-V Privileged
// Specification 1.12, sections 4.1.1 to 4.1.9. In this lab both functions are the student's.
#ifndef ISA_ARCH_TRAP_H
#define ISA_ARCH_TRAP_H

#include "isa/arch/hart.h"

// Enters the trap handler. `cause` is an scause value, and h->pc is the interrupted pc. Returns
// false if pc, mode and every CSR are as they were before: then the hart can never leave this trap.
bool trap_enter(struct hart_state *h, u32 cause, u32 tval);

// Does what `sret` does. The caller has checked the mode, and counts the instruction.
void trap_return(struct hart_state *h);

#endif
