// What a trap and an `sret` do to a hart: the two arrows in the picture of isa/arch/hart.h, where
// the sources are named. These functions are inline, since a machine with many traps does little
// else.
// Read next: isa/arch/csr.c.
#ifndef ISA_ARCH_TRAP_H
#define ISA_ARCH_TRAP_H

#include "isa/arch/hart.h"

// sstatus in the trap handler: SPP <- mode, SPIE <- SIE, SIE <- 0.
static inline u32 trap_status(u32 sstatus, u32 mode)
{
    u32 status = sstatus & ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);
    return status | (mode == MODE_K ? SSTATUS_SPP : 0) | (sstatus & SSTATUS_SIE ? SSTATUS_SPIE : 0);
}

// Where the trap handler starts. A vectored stvec counts for interrupts only.
static inline u32 trap_handler_of(u32 stvec, u32 cause)
{
    u32 base = stvec & ~3u;
    bool vectored = (stvec & 3) == 1 && (cause & CAUSE_INTERRUPT);
    return vectored ? base + 4 * (cause & ~CAUSE_INTERRUPT) : base;
}

// Enters the trap handler. `cause` is an scause value, and h->pc is the interrupted pc. Returns
// false if pc, mode and every CSR are as they were before: then the hart can never leave this trap.
static inline bool trap_enter(struct hart_state *h, u32 cause, u32 tval)
{
    u32 status = trap_status(h->sstatus, h->mode);
    u32 handler = trap_handler_of(h->stvec, cause);
    bool changes = h->pc != handler || h->sepc != h->pc || h->scause != cause || h->stval != tval ||
                   h->sstatus != status || h->mode != MODE_K;
    h->sepc = h->pc;
    h->scause = cause;
    h->stval = tval;
    h->sstatus = status;
    h->mode = MODE_K;
    h->pc = handler;
    return changes;
}

// Does what `sret` does. The caller has checked the mode, and counts the instruction.
static inline void trap_return(struct hart_state *h)
{
    u32 status = h->sstatus & ~(SSTATUS_SPP | SSTATUS_SIE);
    h->mode = h->sstatus & SSTATUS_SPP ? MODE_K : MODE_U;
    h->sstatus = status | SSTATUS_SPIE | (h->sstatus & SSTATUS_SPIE ? SSTATUS_SIE : 0);
    h->pc = h->sepc;
}

#endif
