// Traps, returns and interrupts of a hart with the hypervisor extension. Pictures, contracts and
// sources are in isa/arch/h_extension.h.
// Read next: isa/arch/h_csr.c.
#include "isa/arch/h_extension.h"
#include "isa/arch/trap.h"

#define NEVER UINT64_MAX

void h_reset(struct h_state *h)
{
    *h = (struct h_state){.vstimecmp = NEVER};
}

// ---- banks

static void exchange(u32 *a, u32 *b)
{
    u32 old = *a;
    *a = *b;
    *b = old;
}

// Changes V, and with it the bank that is active.
static void swap_banks(struct hart_state *s, struct h_state *h)
{
    exchange(&s->sstatus, &h->other.sstatus);
    exchange(&s->stvec, &h->other.stvec);
    exchange(&s->sscratch, &h->other.sscratch);
    exchange(&s->sepc, &h->other.sepc);
    exchange(&s->scause, &h->other.scause);
    exchange(&s->stval, &h->other.stval);
    exchange(&s->satp, &h->other.satp);
    s->virt = !s->virt;
}

// ---- interrupts

// The guest's timer compares the guest's own time. 64-bit sums wrap around, as the manual says.
static bool guest_timer_is_due(const struct h_state *h, u64 now)
{
    return (h->henvcfgh & HENVCFGH_STCE) && now + h->htimedelta >= h->vstimecmp;
}

u32 h_pending(const struct h_state *h, u64 now)
{
    return h->hvip | (guest_timer_is_due(h, now) ? IP_VSTIP : 0);
}

// The causes in order of priority. The guest's stand behind the VMM's own.
static u32 highest(u32 ready)
{
    static const struct {
        u32 bit, cause;
    } order[] = {
        {IP_SEIP, CAUSE_EXTERNAL},        {IP_SSIP, CAUSE_SOFTWARE},
        {IP_STIP, CAUSE_TIMER},           {IP_VSEIP, CAUSE_GUEST_EXTERNAL},
        {IP_VSSIP, CAUSE_GUEST_SOFTWARE}, {IP_VSTIP, CAUSE_GUEST_TIMER},
    };
    for (u32 i = 0; i < sizeof order / sizeof *order; i++)
        if (ready & order[i].bit)
            return order[i].cause;
    return 0;
}

// The VMM's interrupts are open while a guest runs, whatever the guest's SIE says: HS is above it.
u32 h_interrupt(const struct hart_state *s, const struct h_state *h, u64 now)
{
    if (!h)
        return hart_interrupt(s, now);
    u32 guest = h_pending(h, now) & h->hie;
    u32 ready = (hart_pending(s, now) & s->sie) | (guest & ~h->hideleg);
    bool sie = s->sstatus & SSTATUS_SIE;
    if (ready && (s->virt || s->mode == MODE_U || sie))
        return highest(ready);
    if (s->virt && (s->mode == MODE_U || sie))
        return highest(guest & h->hideleg);
    return 0;
}

// `wfi` ends with any interrupt that is pending and enabled, delegated or not. A hart that was
// caught in the guest's handler waits for the VMM's interrupts alone.
bool h_awake(const struct hart_state *s, const struct h_state *h, u64 now)
{
    if (!h)
        return hart_awake(s, now);
    u32 guest = h_pending(h, now) & h->hie;
    if (h->caught)
        guest &= ~h->hideleg;
    return hart_awake(s, now) || guest;
}

// When guest_timer_is_due will be true next, in the hart's own time. The sum of time and delta
// reaches vstimecmp after vstimecmp - sum ticks, if it is below it now.
static u64 guest_deadline(const struct h_state *h, u64 now)
{
    u64 guest_now = now + h->htimedelta;
    if (!(h->henvcfgh & HENVCFGH_STCE) || guest_now >= h->vstimecmp)
        return NEVER;
    u64 left = h->vstimecmp - guest_now;
    return left > NEVER - now ? NEVER : now + left;
}

u64 h_deadline(const struct hart_state *s, const struct h_state *h)
{
    u64 deadline = hart_deadline(s);
    if (!h || !(h->hie & IP_VSTIP) || (h->caught && (h->hideleg & IP_VSTIP)))
        return deadline;
    u64 guest = guest_deadline(h, hart_time(s));
    return guest < deadline ? guest : deadline;
}

u64 h_next_timer(const struct hart_state *s, const struct h_state *h, u64 now)
{
    u64 own = s->stimecmp > now ? s->stimecmp : NEVER;
    u64 guest = guest_deadline(h, now);
    return guest < own ? guest : own;
}

// ---- traps

// Returns true if stval holds an address after a trap of this kind.
static bool has_address(u32 cause)
{
    return !(cause & CAUSE_INTERRUPT) && cause != CAUSE_ILLEGAL && cause != CAUSE_VIRTUAL &&
           (cause < CAUSE_ECALL_U || cause > CAUSE_ECALL_VK);
}

struct h_trap h_trap_of(u32 cause, u32 tval, bool of_guest, u64 gpa, u32 htinst)
{
    struct h_trap trap = {
        .cause = cause, .tval = tval, .guest_address = of_guest && has_address(cause)};
    if (h_is_guest_page_fault(cause)) {
        trap.htval = (u32)(gpa >> 2); // bits 1:0 are left out
        trap.htinst = htinst;
    }
    return trap;
}

// Copies of what a trap to the VMM can change, to see whether it did.
struct before {
    u32 hstatus, htval, htinst;
    u8 virt;
};

bool h_trap_enter(struct hart_state *s, struct h_state *h, const struct h_trap *trap)
{
    // The guest knows its interrupts by the numbers of its own sip.
    if (h_is_delegated(s, h, trap->cause)) {
        bool changed = trap_enter(s, trap->cause & CAUSE_INTERRUPT ? trap->cause - 1 : trap->cause,
                                  trap->tval);
        h->caught = !changed;
        return changed;
    }
    struct before before = {h->hstatus, h->htval, h->htinst, s->virt};
    h->hstatus &= ~(HSTATUS_SPV | HSTATUS_GVA);
    if (s->virt) {
        h->hstatus &= ~HSTATUS_SPVP;
        h->hstatus |= HSTATUS_SPV | (s->mode == MODE_K ? HSTATUS_SPVP : 0);
        swap_banks(s, h);
    }
    if (trap->guest_address)
        h->hstatus |= HSTATUS_GVA;
    h->htval = trap->htval;
    h->htinst = trap->htinst;
    h->caught = false;
    bool changed = trap_enter(s, trap->cause, trap->tval);
    return changed || before.virt || before.hstatus != h->hstatus || before.htval != h->htval ||
           before.htinst != h->htinst;
}

// SPV counts for an sret of the VMM only, which may enter a guest by it.
void h_trap_return(struct hart_state *s, struct h_state *h)
{
    bool enters = !s->virt && (h->hstatus & HSTATUS_SPV);
    trap_return(s);
    if (s->virt || !enters)
        return;
    h->hstatus &= ~HSTATUS_SPV;
    swap_banks(s, h);
}
