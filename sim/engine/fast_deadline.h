// When the fast engine has to look at interrupts again: which are open, and the step to stop at.
// sim/engine/fast.c includes this.
// Read next: sim/engine/fast_resume.h.
#ifndef SIM_ENGINE_FAST_DEADLINE_H
#define SIM_ENGINE_FAST_DEADLINE_H

#include "sim/engine/fast.h"

// The interrupts that the hart would take as it is now, and whether one of them is pending.
static inline u32 open_interrupts(const struct hart_state *s)
{
    return s->mode == MODE_U || (s->sstatus & SSTATUS_SIE) ? s->sie : 0;
}

static inline bool is_pending(const struct hart_state *s, u32 open)
{
    u32 timer = hart_time(s) >= s->stimecmp ? IP_STIP : 0;
    return open & (s->sip | timer | (s->external ? IP_SEIP : 0));
}

// The value of core.steps to stop at, if nothing can happen in the next `ticks`.
static inline u64 stop_after(const struct fast_hart *f, u64 ticks)
{
    u64 steps = f->hart->machine->core.steps;
    return ticks < f->until - steps ? steps + ticks : f->until;
}

// The value of core.steps to stop at, so that the timer may interrupt.
static inline u64 stop_for_timer(const struct fast_hart *f)
{
    const struct hart_state *s = &f->hart->state;
    u64 steps = f->hart->machine->core.steps, now = hart_time(s);
    // The timer is due only now because the walk of the fetch took so long. The interrupt was
    // looked for before the fetch, so this instruction still comes first.
    if (s->stimecmp <= now)
        return steps + 1;
    return stop_after(f, s->stimecmp - now);
}

// With the hypervisor extension: for how many ticks no interrupt that is enabled, on either side,
// will be pending if time alone goes on. 0: one is pending, open or not.
static inline u64 quiet_ticks(const struct hart *h)
{
    const struct hart_state *s = &h->state;
    const struct h_state *e = &h->extension;
    u64 now = hart_time(s), guest_now = now + e->htimedelta, quiet = NEVER;
    u32 own = s->sip | (s->external ? IP_SEIP : 0);
    if ((own & s->sie) || (e->hvip & e->hie))
        return 0;
    if (s->sie & IP_STIP) {
        if (now >= s->stimecmp)
            return 0;
        quiet = s->stimecmp - now;
    }
    if ((e->hie & IP_VSTIP) && (e->henvcfgh & HENVCFGH_STCE)) {
        if (guest_now >= e->vstimecmp)
            return 0;
        if (e->vstimecmp - guest_now < quiet)
            quiet = e->vstimecmp - guest_now;
    }
    return quiet;
}

// The value of core.steps to stop at, with the hypervisor extension. There are two timers, and an
// interrupt may be open to the VMM while it is closed to the guest. To stop at each timer is always
// right: whoever is stopped looks again.
static __attribute__((noinline)) u64 stop_for_timers(const struct fast_hart *f)
{
    struct hart *h = f->hart;
    u64 now = hart_time(&h->state), quiet = quiet_ticks(h);
    if (quiet)
        return stop_after(f, quiet);
    if (hart_next_interrupt(h)) // due only since the walk of the fetch: see stop_for_timer
        return h->machine->core.steps + 1;
    return stop_after(f, h_next_timer(&h->state, &h->extension, now) - now);
}

// The interrupt that is taken before the next instruction, with the hypervisor extension, or 0.
static inline u32 next_interrupt(struct hart *h)
{
    return quiet_ticks(h) ? 0 : hart_next_interrupt(h);
}

// `open` is what open_interrupts says.
static inline u64 stop_of(const struct fast_hart *f, u32 open)
{
    if (f->has_h)
        return stop_for_timers(f);
    return open & IP_STIP ? stop_for_timer(f) : f->until;
}

#endif
