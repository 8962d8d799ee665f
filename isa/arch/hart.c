// Reset, and which interrupt is pending. Contracts and sources are in isa/arch/hart.h.
// Read next: isa/arch/trap.h.
#include "isa/arch/hart.h"

#define NEVER UINT64_MAX

void hart_reset(struct hart_state *h, u32 entry, u32 hart, u32 device_tree)
{
    *h = (struct hart_state){.pc = entry, .mode = MODE_K, .run = HART_RUNNING, .stimecmp = NEVER};
    h->scounteren = SCOUNTEREN_MASK;
    h->x[X_A0] = hart;
    h->x[X_A1] = device_tree;
}

// The timer's bit is not kept anywhere: it is a comparison, made whenever somebody asks.
u32 hart_pending(const struct hart_state *h, u64 now)
{
    return (h->sip & IP_SSIP) | (now >= h->stimecmp ? IP_STIP : 0) | (h->external ? IP_SEIP : 0);
}

u32 hart_interrupt(const struct hart_state *h, u64 now)
{
    // SIE closes K to interrupts. U is always open: its kernel cannot be surprised by one.
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
