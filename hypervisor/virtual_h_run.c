// How a VCPU with the hypervisor extension runs on the hart. Table and contracts:
// hypervisor/virtual_h.h.
// Read next: hypervisor/nacl.h.
#include "hypervisor/apart.h"
#include "hypervisor/assist.h"
#include "hypervisor/merged.h"
#include "hypervisor/technique.h"
#include "hypervisor/virtual_h.h"

// ---- what the hart may do by itself

// Returns true if the state holds a value that a trap from V = 0 would overwrite.
static bool has_note_of_trap(const struct h_state *h)
{
    return (h->hstatus & (HSTATUS_SPV | HSTATUS_GVA)) || h->htval || h->htinst;
}

// For V = 0, while a trap of the guest's guest is noted.
static void run_watched(struct turn *t)
{
    hw_nest_inner(t->hw, &(struct hw_inner){.hgatp = assist_hgatp(t),
                                            .hstatus = HSTATUS_VTSR,
                                            .hideleg = IP_VS,
                                            .hcounteren = COUNTEREN_TM,
                                            .henvcfgh = HENVCFGH_STCE,
                                            .h = &t->v->h});
}

// For V = 1. The hart may do what both VMMs allow: the guest's VMM by its registers, and this
// VMM as for every guest.
static bool run_inner(struct turn *t)
{
    struct h_state *h = &t->v->h;
    u32 hgatp = merged_hgatp(t);
    if (!hgatp)
        return false;
    hw_nest_inner(t->hw, &(struct hw_inner){.hgatp = hgatp,
                                            .hstatus = h->hstatus & (HSTATUS_VTSR | HSTATUS_VTVM),
                                            .hedeleg = h->hedeleg,
                                            .hideleg = h->hideleg,
                                            .hcounteren = h->hcounteren & COUNTEREN_TM,
                                            .henvcfgh = h->henvcfgh,
                                            .h = h,
                                            .virt = true});
    return true;
}

// The VCPU uses the extension: it runs its guest, or a trap of that guest is noted.
APART static bool use_extension(struct turn *t)
{
    // The registers of the hart now differ from those that assist_use remembers.
    t->slot->shadow = (struct shadow_choice){0};
    if (t->v->state.virt)
        return run_inner(t);
    run_watched(t);
    return true;
}

bool virtual_h_use(struct turn *t)
{
    if (t->v->state.virt || has_note_of_trap(&t->v->h))
        return use_extension(t);
    return assist_use(t);
}

void virtual_h_caught(struct turn *t)
{
    t->v->h.caught = true;
    t->v->state.run = HART_PARKED;
}

// ---- interrupts

// Returns the interrupts of the guest's guest that the guest's VMM keeps for itself. In V = 0
// the hart knows nothing of them.
static u32 kept(const struct h_state *h)
{
    return h->hie & ~h->hideleg;
}

static bool hart_delivers(const struct hart_state *s, const struct h_state *h, u32 cause)
{
    if (s->virt)
        return h_is_delegated(s, h, cause);
    return cause == CAUSE_EXTERNAL || cause == CAUSE_SOFTWARE || cause == CAUSE_TIMER;
}

u32 virtual_h_interrupt(const struct turn *t, u64 now)
{
    const struct hart_state *s = &t->v->state;
    const struct h_state *h = &t->v->h;
    u32 cause = h_interrupt(s, h, now);
    if (!t->technique->guest_mode)
        return cause;
    return cause && hart_delivers(s, h, cause) ? 0 : cause;
}

static u32 least(u64 ticks, u32 limit)
{
    return ticks < limit ? (u32)ticks : limit;
}

u32 virtual_h_limit(const struct turn *t, u64 now, u32 limit)
{
    const struct hart_state *s = &t->v->state;
    const struct h_state *h = &t->v->h;
    if (virtual_h_interrupt(t, now))
        return 0;
    // Each CSR access of the VCPU is an exit, so between two exits only time changes.
    if (!t->technique->guest_mode)
        return least(h_next_timer(s, h, now) - now, limit);
    if (s->virt)
        return least(hart_deadline(s) - now, limit);
    // An interrupt that the guest's VMM keeps is pending, and cannot be taken yet. The guest may
    // allow it by an instruction that is no exit, so the VMM looks after each instruction. This
    // is slow, but a fast kernel does not do both.
    if (h_pending(h, now) & kept(h))
        return least(1, limit);
    return least(h_next_timer(s, h, now) - now, limit);
}
