// Decides how long a VCPU's timer must wait. Contracts: hypervisor/tick.h.
// Read next: hypervisor/schedule.c.
#include "hypervisor/tick.h"
#include "hypervisor/technique.h"

#define REST_MOST 0x10000000u // no slice is that long

static bool is_paced(const struct turn *t)
{
    return t->vmm->clock == VMM_CLOCK_WALL && !t->technique->guest_mode && !t->vm->has_h;
}

void tick_begin(struct turn *t)
{
    if (!is_paced(t))
        return;
    t->v->in_handler = true;
    t->v->tick_at = t->v->state.retired;
}

// When interrupts are open for the first time after a tick, the handler of that tick is done.
// Its length is then known, and from here on the guest's own instructions count.
static void end_handler(struct turn *t)
{
    u64 now = t->v->state.retired;
    t->v->in_handler = false;
    t->v->tick_from = now + (now - t->v->tick_at);
}

u32 tick_rest(struct turn *t)
{
    u64 now = t->v->state.retired;
    if (!is_paced(t))
        return 0;
    // Interrupts are open again, so the handler of the last tick has ended.
    if (t->v->in_handler)
        end_handler(t);
    if (t->v->tick_from <= now)
        return 0;
    u64 rest = t->v->tick_from - now;
    return rest < REST_MOST ? (u32)rest : REST_MOST;
}

void tick_idle(struct turn *t)
{
    t->v->in_handler = false;
    t->v->tick_from = 0;
}
