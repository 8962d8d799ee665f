// Guests that only tick. Read ui/command/ticks.h first.
// Read next: ui/command/usage.c.
#include "ui/command/ticks.h"
#include "hypervisor/native/observe.h"

// No handler of a kernel that gets on takes so many cycles: 20 seconds by the device tree's clock.
#define TOO_LONG 200000000u

// Returns true if the VCPU is in the kernel, closed to interrupts, since its timer interrupted
// it, and its timer is due again.
static bool is_behind(const struct observed_vcpu *v)
{
    const struct hart_state *s = &v->state;
    return s->run == HART_RUNNING && s->mode == MODE_K && !(s->sstatus & SSTATUS_SIE) &&
           s->scause == CAUSE_TIMER && s->stimecmp <= v->time;
}

u64 tick_watch_look(struct tick_watch *w, const struct world *world, u32 guest)
{
    const struct world_guest *g = &world->guest[guest];
    struct observed_vcpu v;
    if (w->told || machine_config(world->machine)->clock != CLOCK_WALL)
        return 0;
    for (u32 i = 0; i < g->vcpus; i++) {
        if (!observe_vcpu(world->machine, &g->path, i, &v) || !is_behind(&v)) {
            w->since[i] = 0;
            continue;
        }
        if (!w->since[i])
            w->since[i] = v.time;
        w->told = v.time - w->since[i] > TOO_LONG;
        if (w->told)
            return v.time - w->since[i];
    }
    return 0;
}
