// How long a VCPU may run. Contracts: hypervisor/clock.h.
// Read next: hypervisor/schedule.c.
#include "hypervisor/clock.h"
#include "hypervisor/apart.h"
#include "hypervisor/lend.h"

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

void clock_start(struct turn *t, u32 ticks)
{
    t->ticks = ticks;
    // The VCPU pays for being scheduled. Where that alone uses up a short slice the VCPU still gets
    // one tick, since otherwise no VCPU would ever get on.
    if (by_wall(t) && time_passed(t) >= ticks)
        t->ticks = time_passed(t) + 1;
    t->left = t->ticks;
    t->grace = by_wall(t) ? FILLS_GRANTED : 0;
    t->retired = t->v->state.retired;
}

void clock_spend(struct turn *t, u32 steps)
{
    t->left -= steps;
}

APART void clock_filled(struct turn *t)
{
    if (t->v->state.retired != t->retired || time_passed(t) < t->ticks)
        return;
    t->ticks = time_passed(t) + 1;
    t->grace--;
}

u32 clock_stop(struct turn *t)
{
    return by_wall(t) ? time_passed(t) : t->ticks - t->left;
}

static u32 least(u32 a, u32 b)
{
    return a < b ? a : b;
}

static u32 left_by_wall(const struct turn *t)
{
    u32 passed = time_passed(t);
    return passed < t->ticks ? t->ticks - passed : 0;
}

// Where no interrupt can be taken it is of no use to ask which are pending.
static u32 until_interrupt(const struct turn *t, u32 limit)
{
    const struct hart_state *s = &t->v->state;
    if (!s->sie || (s->mode == MODE_K && !(s->sstatus & SSTATUS_SIE)))
        return limit;
    u64 now = clock_now(t);
    if (hart_interrupt(s, now))
        return 0;
    u64 until_timer = hart_deadline(s) - now;
    return until_timer < limit ? (u32)until_timer : limit;
}

u32 clock_limit(struct turn *t)
{
    u32 limit = t->left;
    if (by_wall(t)) {
        // A run that was paused must end where it would have ended. The limit below would not do:
        // the wall clock went on since it was worked out. (The virtual clock did not.)
        u32 rest = t->rest;
        t->rest = 0;
        if (rest)
            return rest;
        limit = left_by_wall(t);
    }
    if (t->gang->count > 1)
        limit = least(limit, t->gang->round.left);
    if (t->v->lent)
        limit = least(limit, lend_left(t->v));
    return until_interrupt(t, limit);
}
