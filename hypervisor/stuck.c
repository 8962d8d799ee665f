// A VM in which no VCPU can ever go on. Contracts: hypervisor/stuck.h.
// Read next: hypervisor/lend.h.
#include "hypervisor/stuck.h"
#include "hypervisor/clock.h"
#include "isa/arch/stuck.h"

// Returns 1 + the instructions that all VCPUs have retired: the low word of that sum, or 1 if it
// is 0, because 0 means "no storm". As long as this number stays the same, no VCPU has run that
// could repair the handler.
static u32 progress_of(const struct turn *t)
{
    u32 progress = 1;
    for (u32 i = 0; i < t->vm->vcpu_count; i++)
        progress += (u32)t->vcpus[i].state.retired;
    return progress ? progress : 1;
}

static bool is_hopeless(const struct turn *t, u32 progress)
{
    for (u32 i = 0; i < t->vm->vcpu_count; i++) {
        struct vcpu *v = &t->vcpus[i];
        const struct h_state *h = vcpu_extension(t->vm, v);
        if (!hart_is_stuck(&v->state, h, clock_now(t), v->storm_at == progress))
            return false;
    }
    return true;
}

static bool hears_input(const struct turn *t)
{
    for (u32 i = 0; i < t->vm->vcpu_count; i++)
        if (hart_hears_input(&t->vcpus[i].state))
            return true;
    return false;
}

enum run_end stuck_storm(struct turn *t)
{
    u32 progress = progress_of(t);
    t->v->storm_at = progress;
    round_end_turn(&t->gang->round);
    if (!is_hopeless(t, progress))
        return t->gang->count > 1 ? RUN_USED : RUN_ON;
    if (!hears_input(t)) {
        t->vm->life = LIFE_STUCK;
        return RUN_OFF;
    }
    // If one of several gangs waited, the other gangs of the VM would wake it again at once. So
    // a storm in a VM with several gangs goes on until the input comes.
    return t->vm->gang_count == 1 ? RUN_BLOCKED : RUN_USED;
}

bool stuck_all_stopped(const struct turn *t)
{
    for (u32 i = 0; i < t->vm->vcpu_count; i++)
        if (t->vcpus[i].state.run != HART_STOPPED)
            return false;
    return true;
}
