// What a trap, an `sret` and a pending interrupt do to a hart. Contracts and sources: isa/arch/hart.h.
// Read next: isa/arch/csr.c.
#include "isa/arch/hart.h"

#define NEVER UINT64_MAX

void hart_reset(struct hart_state *h, u32 entry, u32 hart, u32 device_tree)
{
    *h = (struct hart_state){.pc = entry, .mode = MODE_K, .run = HART_RUNNING, .stimecmp = NEVER};
    h->x[10] = hart;
    h->x[11] = device_tree;
}

u32 hart_pending(const struct hart_state *h, u64 now)
{
    return (h->sip & IP_SSIP) | (now >= h->stimecmp ? IP_STIP : 0) | (h->external ? IP_SEIP : 0);
}

u32 hart_interrupt(const struct hart_state *h, u64 now)
{
    if (h->mode == MODE_K && !(h->sstatus & SSTATUS_SIE))
        return 0;
    u32 ready = hart_pending(h, now) & h->sie;
    if (ready & IP_SEIP)
        return CAUSE_EXTERNAL;
    if (ready & IP_SSIP)
        return CAUSE_SOFTWARE;
    return ready & IP_STIP ? CAUSE_TIMER : 0;
}

bool hart_awake(const struct hart_state *h, u64 now)
{
    return hart_pending(h, now) & h->sie;
}

u64 hart_deadline(const struct hart_state *h)
{
    return h->sie & IP_STIP ? h->stimecmp : NEVER;
}

// SPP <- mode, SPIE <- SIE, SIE <- 0.
static u32 status_on_trap(u32 sstatus, u32 mode)
{
    u32 status = sstatus & ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);
    if (mode == MODE_K)
        status |= SSTATUS_SPP;
    if (sstatus & SSTATUS_SIE)
        status |= SSTATUS_SPIE;
    return status;
}

static u32 handler_of(u32 stvec, u32 cause)
{
    u32 base = stvec & ~3u;
    bool vectored = (stvec & 3) == 1 && (cause & CAUSE_INTERRUPT);
    return vectored ? base + 4 * (cause & ~CAUSE_INTERRUPT) : base;
}

bool trap_enter(struct hart_state *h, u32 cause, u32 tval)
{
    u32 status = status_on_trap(h->sstatus, h->mode);
    u32 handler = handler_of(h->stvec, cause);
    bool changes = h->sepc != h->pc || h->scause != cause || h->stval != tval || h->sstatus != status ||
                   h->mode != MODE_K || h->pc != handler;
    h->sepc = h->pc;
    h->scause = cause;
    h->stval = tval;
    h->sstatus = status;
    h->mode = MODE_K;
    h->pc = handler;
    return changes;
}

void trap_return(struct hart_state *h)
{
    u32 status = (h->sstatus & ~(SSTATUS_SPP | SSTATUS_SIE)) | SSTATUS_SPIE;
    if (h->sstatus & SSTATUS_SPIE)
        status |= SSTATUS_SIE;
    h->mode = h->sstatus & SSTATUS_SPP ? MODE_K : MODE_U;
    h->sstatus = status;
    h->pc = h->sepc;
}
