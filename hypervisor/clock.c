// Decides how long a VCPU may run. Contracts: hypervisor/clock.h.
// Read next: hypervisor/tick.h.
#include "hypervisor/clock.h"
#include "hypervisor/apart.h"
#include "hypervisor/lend.h"
#include "hypervisor/technique.h"
#include "hypervisor/tick.h"
#include "hypervisor/virtual_h.h"

#define CHARGE_MOST 0x10000000u // no slice is that long

// One instruction needs fewer fills than this, so a guest that only faults cannot keep its hart.
#define FILLS_GRANTED 8

static bool by_wall(const struct turn *t)
{
    return t->vmm->clock == VMM_CLOCK_WALL;
}

u64 clock_now(const struct turn *t)
{
    return by_wall(t) ? hw_now(t->hw) : hart_time(&t->v->state);
}

static u32 time_passed(const struct turn *t)
{
    u64 passed = hw_now(t->hw) - t->since;
    return passed < CHARGE_MOST ? (u32)passed : CHARGE_MOST;
}

// This is computed once a turn and not at every exit, because exits of the usual VCPU must be
// short.
static bool is_plain(const struct turn *t)
{
    return !by_wall(t) && t->vm->gang_count == 1 && t->gang->count == 1 && !t->vm->has_h;
}

void clock_start(struct turn *t, u32 ticks)
{
    u32 grace = by_wall(t) ? FILLS_GRANTED : 0;
    // The VCPU pays for the time that the scheduler takes. If that alone uses up a short slice,
    // the VCPU still gets one tick. Otherwise no VCPU would ever get on.
    if (by_wall(t) && time_passed(t) >= ticks)
        ticks = time_passed(t) + 1;
    t->pace = (struct pace){0, ticks, ticks, grace, t->v->state.retired};
    t->plain = is_plain(t);
}

void clock_spend(struct turn *t, const struct hw_exit *exit)
{
    u32 steps = exit->ran + exit->own;
    t->v->state.retired += exit->ran;
    // The trap that ended the run is a step, too. By the wall clock `left` is not used.
    t->pace.left -= steps + exit->trapped;
}

void clock_pause(struct turn *t, u32 rest)
{
    t->slot->paused = t->pace;
    t->slot->paused.rest = rest;
}

void clock_go_on(struct turn *t)
{
    t->pace = t->slot->paused;
    t->slot->paused = (struct pace){0};
    t->plain = is_plain(t);
}

APART void clock_filled(struct turn *t)
{
    struct pace *p = &t->pace;
    if (t->v->state.retired != p->retired || time_passed(t) < p->ticks)
        return;
    p->ticks = time_passed(t) + 1;
    p->grace--;
}

u32 clock_stop(struct turn *t)
{
    return by_wall(t) ? time_passed(t) : t->pace.ticks - t->pace.left;
}

static u32 least(u32 a, u32 b)
{
    return a < b ? a : b;
}

// A run that was paused must end where it would have ended without the pause. The limit must not
// be computed again, because the wall clock went on meanwhile.
static u32 take_rest(struct turn *t)
{
    u32 rest = t->pace.rest;
    t->pace.rest = 0;
    return rest;
}

static u32 left_by_wall(const struct turn *t)
{
    u32 passed = time_passed(t);
    return passed < t->pace.ticks ? t->pace.ticks - passed : 0;
}

static u32 least_of_time(u64 ticks, u32 limit)
{
    return ticks < limit ? (u32)ticks : limit;
}

// Returns how many instructions are left until an interrupt of a VCPU whose timer may have to
// wait (hypervisor/tick.h).
APART static u32 until_tick(struct turn *t, u32 limit)
{
    u64 now = clock_now(t);
    u32 interrupt = hart_interrupt(&t->v->state, now), rest = tick_rest(t);
    if (interrupt && (interrupt != CAUSE_TIMER || !rest))
        return 0;
    u64 until_timer = interrupt ? 0 : hart_deadline(&t->v->state) - now;
    return least_of_time(until_timer > rest ? until_timer : rest, limit);
}

// In guest mode the hart knows by itself when an interrupt is due.
static u32 until_interrupt(struct turn *t, u32 limit)
{
    const struct hart_state *s = &t->v->state;
    if (t->technique->guest_mode)
        return limit;
    if (!t->plain)
        return until_tick(t, limit);
    u64 now = hart_time(s);
    return hart_interrupt(s, now) ? 0 : least_of_time(hart_deadline(s) - now, limit);
}

// The limit of a VCPU that is not plain, or that runs an inner guest.
APART static u32 limit_of_others(struct turn *t)
{
    u32 limit = by_wall(t) ? left_by_wall(t) : t->pace.left;
    if (t->gang->count > 1)
        limit = least(limit, t->gang->round.left);
    if (t->v->lent)
        limit = least(limit, lend_left(t->v));
    bool watched = t->vm->has_h && virtual_h_is_watched(t);
    return watched ? virtual_h_limit(t, clock_now(t), limit) : limit;
}

u32 clock_limit(struct turn *t)
{
    const struct hart_state *s = &t->v->state;
    u32 limit = t->pace.left;
    if (t->pace.rest)
        return take_rest(t);
    if (!t->plain || t->v->lent)
        limit = limit_of_others(t);
    // If the VCPU can take no interrupt, it does not matter which interrupts are pending.
    bool closed = !s->sie || (s->mode == MODE_K && !(s->sstatus & SSTATUS_SIE));
    return closed ? limit : until_interrupt(t, limit);
}
