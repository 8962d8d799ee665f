// The plan of a world, and what a part of the builder says when the plan cannot be carried out.
// Read scenarios/world/world.h first.
// Read next: scenarios/world/build.h.
#include "scenarios/world/build.h"

#include <stdarg.h>
#include <string.h>

void world_plan_default(struct world_plan *plan)
{
    memset(plan, 0, sizeof *plan);
    plan->machine = machine_config_default();
    plan->machine.ram = 0;
    plan->machine.harts = 0;
    plan->vmm.policy = POLICY_CACHED;
    for (u32 i = 0; i < WORLD_GUESTS_MAX; i++) {
        plan->guest[i].hart = GUEST_ANY_HART;
        plan->guest[i].vmm.policy = POLICY_CACHED;
    }
}

void world_plan_chain(struct world_plan *plan, u32 depth)
{
    struct guest_plan guest = plan->guest[0];
    plan->depth = depth > 0;
    plan->guests = 0;
    for (u32 i = 1; i < depth; i++) {
        struct guest_plan *g = &plan->guest[plan->guests++];
        *g = (struct guest_plan){
            .hart = GUEST_ANY_HART, .inside = i - 1, .is_vmm = true, .vmm = plan->vmm};
        // A VM of the technique assist-shadow has no hypervisor extension for a VMM in it.
        if (plan->vmm.technique == TECHNIQUE_ASSIST_SHADOW)
            g->vmm.technique = TECHNIQUE_TRAP;
        snprintf(g->name, sizeof g->name, "vmm%u", (unsigned)i % 100);
    }
    guest.inside = plan->guests;
    plan->guest[plan->guests++] = guest;
}

bool world_fail(struct building *b, enum status why, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(b->error, b->error_size, format, arguments);
    va_end(arguments);
    b->why = why;
    return false;
}
