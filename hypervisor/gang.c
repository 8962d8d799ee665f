// The VCPUs of a gang. Contracts: hypervisor/gang.h.
// Read next: hypervisor/clock.c.
#include "hypervisor/gang.h"
#include "hypervisor/clock.h"
#include "hypervisor/schedule.h"

// ---- whose turn it is

// The round rule by the wall clock. Time is the machine's, so the time of no VCPU can jump, and
// a VCPU in `wfi` really waits.
static enum round_state round_by_wall(struct turn *t, const struct round_harts *harts)
{
    struct gang *g = t->gang;
    u64 now = hw_now(t->hw);
    enum round_state state = ROUND_EMPTY;
    for (u32 i = 0; i < g->count; i++) {
        u32 hart = (g->round.hart + i + !g->round.left) % g->count;
        struct hart_state *s = harts->state[hart];
        if (s->run == HART_PARKED && h_awake(s, harts->h[hart], now))
            s->run = HART_RUNNING;
        if (s->run == HART_RUNNING) {
            if (hart != g->round.hart || !g->round.left)
                g->round = (struct round){hart, ROUND_INSTRUCTIONS};
            return ROUND_RUN;
        }
        if (s->run == HART_PARKED)
            state = ROUND_WAIT;
    }
    return state;
}

static u64 first_deadline(const struct round_harts *harts)
{
    u64 first = FOREVER;
    for (u32 i = 0; i < harts->count; i++) {
        u64 deadline = h_deadline(harts->state[i], harts->h[i]);
        if (harts->state[i]->run == HART_PARKED && deadline < first)
            first = deadline;
    }
    return first;
}

enum round_state gang_choose(struct turn *t, u64 *until)
{
    struct hart_state *harts[HARTS_MAX];
    struct h_state *extensions[HARTS_MAX];
    const struct round_harts turns = {harts, extensions, t->gang->count};
    enum round_state state;
    turn_choose(t, t->gang->first);
    for (u32 i = 0; i < t->gang->count; i++) {
        harts[i] = &t->v[i].state;
        extensions[i] = vcpu_extension(t->vm, &t->v[i]);
    }
    *until = FOREVER;
    if (t->vmm->clock == VMM_CLOCK_VIRTUAL) {
        // By the virtual clock a guest's time jumps to its next deadline, so no gang waits for a
        // time.
        state = round_next(&t->gang->round, &turns);
    } else {
        state = round_by_wall(t, &turns);
        *until = first_deadline(&turns);
    }
    if (state == ROUND_RUN)
        turn_choose(t, t->gang->first + t->gang->round.hart);
    return state;
}

// ---- gangs that wait

static bool can_run(const struct turn *t, const struct gang *g)
{
    for (u32 i = 0; i < g->count; i++) {
        struct vcpu *v = &t->vcpus[g->first + i];
        const struct hart_state *s = &v->state;
        bool awake = h_awake(s, vcpu_extension(t->vm, v), clock_now(t));
        if (s->run == HART_RUNNING || (s->run == HART_PARKED && awake))
            return true;
    }
    return false;
}

void gang_wake_all(struct turn *t)
{
    for (u32 i = 0; i < t->vm->gang_count; i++)
        if (t->vm->gangs[i].state == GANG_WAITING && can_run(t, &t->vm->gangs[i]))
            schedule_ready(t, gang_address(t->vm_at, i));
}
