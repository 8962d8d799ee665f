// Guests that will never do anything again: each of their VCPUs is off, or jumps to itself where no
// interrupt can call it away. Kernels end like that ("done: j done"), and a run that waits for
// something else would last for ever. Read scenarios/script/api.h first.
// Read next: scenarios/script/hooks.c.
#include "scenarios/script/api.h"

#define JUMP_TO_ITSELF 0x0000006fu // j .

// Returns true if an interrupt can ever take the VCPU out of its loop. No other VCPU can send
// one: the caller makes sure that all VCPUs are like this one.
static bool can_be_interrupted(const struct scenario *sc, const struct hart_state *h, u64 now)
{
    if (h->mode == MODE_K && !(h->sstatus & SSTATUS_SIE))
        return false;
    bool hears_input = sc->options.interactive && (h->sie & IP_SEIP);
    return hart_interrupt(h, now) || hart_deadline(h) != UINT64_MAX || hears_input;
}

static bool is_off(const struct hart_state *h, u64 now)
{
    bool waits = h->run == HART_PARKED && hart_deadline(h) == UINT64_MAX && !hart_awake(h, now);
    return h->run == HART_STOPPED || waits;
}

// Returns true if this VCPU does nothing, now and for ever.
static bool is_idle_for_ever(const struct scenario *sc, const struct world_guest *g, u32 vcpu,
                             bool *spins)
{
    struct machine *m = sc->world->machine;
    struct observed_vcpu v;
    u32 word;
    if (!observe_vcpu(m, &g->path, vcpu, &v))
        return false;
    const struct hart_state *h = &v.state;
    if (is_off(h, v.time))
        return true;
    *spins = true;
    return h->run == HART_RUNNING && !can_be_interrupted(sc, h, v.time) &&
           observe_read_virtual(m, &g->path, vcpu, h->pc, &word, sizeof word) &&
           word == JUMP_TO_ITSELF;
}

// Every VCPU waits. Has one of them its external interrupts enabled, so that input can wake it?
bool spin_hears_input(const struct scenario *sc)
{
    const struct world *w = sc->world;
    struct observed_vcpu v;
    for (u32 i = 0; i < w->guests; i++)
        for (u32 vcpu = 0; !w->guest[i].is_vmm && vcpu < w->guest[i].vcpus; vcpu++)
            if (observe_vcpu(w->machine, &w->guest[i].path, vcpu, &v) &&
                v.state.run == HART_PARKED && (v.state.sie & IP_SEIP))
                return true;
    return false;
}

const struct world_guest *spin_for_ever(const struct scenario *sc)
{
    const struct world *w = sc->world;
    const struct world_guest *found = NULL;
    for (u32 i = 0; i < w->guests; i++) {
        const struct world_guest *g = &w->guest[i];
        bool spins = false;
        if (g->is_vmm || world_guest_is_over(sc->world, i))
            continue;
        for (u32 vcpu = 0; vcpu < g->vcpus; vcpu++)
            if (!is_idle_for_ever(sc, g, vcpu, &spins))
                return NULL;
        if (spins && !found)
            found = g;
    }
    return found;
}
