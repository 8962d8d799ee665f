// Building a twin's machines. Contract: scenarios/twin/pair.h.
#include "scenarios/twin/pair.h"

#include <stdlib.h>
#include <string.h>

// Returns true if the guest runs in guest mode, as its own plan or its VMM says.
static bool is_assisted(const struct world_plan *plan, const struct guest_plan *g)
{
    u32 own = g->technique; // 1 + its number; 0: it has none of its own
    if (own)
        return technique_has_guest_mode(own - 1);
    const struct vmm_plan *vmm = g->inside ? &plan->guest[g->inside - 1].vmm : &plan->vmm;
    return technique_has_guest_mode(vmm->technique);
}

// A VMM in guest mode that runs a guest by trap-and-emulate gets that guest's traps from the hart
// itself. No machine between them sees the guest come and go.
static bool hides_a_border(const struct world_plan *plan)
{
    for (u32 i = 0; i < plan->guests; i++) {
        u32 at = plan->guest[i].inside;
        if (is_assisted(plan, &plan->guest[i]))
            continue;
        for (; at; at = plan->guest[at - 1].inside)
            if (is_assisted(plan, &plan->guest[at - 1]))
                return true;
    }
    return false;
}

static bool is_fit(const struct world_plan *plan, char *error, size_t size)
{
    const char *wrong = NULL;
    if (!plan->depth)
        wrong = "without a VMM there is nothing to compare; say --depth 1 or more";
    else if (plan->machine.clock != CLOCK_VIRTUAL)
        wrong = "a twin needs the virtual clock, where time follows a guest's own instructions";
    else if (plan->machine.harts > 1)
        wrong = "a twin needs one hart under the VMM; several harts have an order of their own";
    else if (hides_a_border(plan))
        wrong = "the traps of a guest under trap-and-emulate inside a VMM in guest mode do not "
                "come to the outermost VMM, where a twin compares; give the technique assist to "
                "both, or the technique trap to the outer one";
    if (wrong)
        snprintf(error, size, "%s", wrong);
    return !wrong;
}

// The same guest on the bare machine, which has the hypervisor extension if the guest has it. What
// concerns only a VMM is left as it is by default.
static struct world *bare_world(const struct world_plan *plan, u32 guest, bool has_h,
                                enum status *why, char *error, size_t size)
{
    struct world_plan *bare = malloc(sizeof *bare);
    if (!bare) {
        snprintf(error, size, "not enough memory for the bare machine");
        return NULL;
    }
    world_plan_default(bare);
    const struct guest_plan *g = &plan->guest[guest];
    u32 ram = bare->machine.ram, harts = bare->machine.harts;
    bare->machine = plan->machine;
    bare->machine.ram = ram;
    bare->machine.harts = harts;
    bare->machine.profile &= ~(u32)ISA_H;
    if (has_h)
        bare->machine.profile |= ISA_H;
    bare->guests = 1;
    bare->guest[0] = (struct guest_plan){.image = g->image,
                                         .source = g->source,
                                         .initrd = g->initrd,
                                         .append = g->append,
                                         .disk = g->disk,
                                         .ram = g->ram,
                                         .vcpus = g->vcpus,
                                         .hart = GUEST_ANY_HART};
    struct world *w = world_new(bare, why, error, size);
    free(bare);
    return w;
}

static bool make_bare(struct twin_pair *p, const struct world_plan *plan, enum status *why,
                      char *error, size_t size)
{
    p->guest = calloc(p->world->guests, sizeof *p->guest);
    p->bare = calloc(p->world->guests, sizeof *p->bare);
    if (!p->guest || !p->bare)
        return false;
    for (u32 i = 0; i < p->world->guests; i++) {
        if (p->world->guest[i].is_vmm)
            continue;
        p->guest[p->guests] = i;
        p->bare[p->guests] = bare_world(plan, i, p->world->guest[i].has_h, why, error, size);
        if (!p->bare[p->guests++])
            return false;
    }
    return true;
}

// Two guests that share a console are told apart by text of their VMM, which no bare machine
// prints.
static bool shares_console(const struct twin_pair *p)
{
    for (u32 i = 0; i < p->guests; i++)
        for (u32 j = 0; j < i; j++)
            if (p->world->guest[p->guest[i]].unit == p->world->guest[p->guest[j]].unit)
                return true;
    return false;
}

static bool make_twin(struct twin_pair *p, const struct twin_options *wanted)
{
    struct twin_options options = *wanted;
    struct twin_guest *guests = calloc(p->guests, sizeof *guests);
    if (!guests)
        return false;
    for (u32 i = 0; i < p->guests; i++) {
        const struct world_guest *g = &p->world->guest[p->guest[i]];
        guests[i] = (struct twin_guest){
            .ram_at = g->ram_at, .ram = g->ram, .unit = g->unit, .bare = p->bare[i]->machine};
    }
    options.nested = p->guests < p->world->guests;
    options.no_console = shares_console(p);
    p->twin = twin_new(p->world->machine, guests, p->guests, &options);
    free(guests);
    return p->twin;
}

struct twin_pair *twin_pair_new(const struct world_plan *plan, const struct twin_options *options,
                                enum status *why, char *error, size_t error_size)
{
    *why = STATUS_USAGE;
    if (!is_fit(plan, error, error_size))
        return NULL;
    struct twin_pair *p = calloc(1, sizeof *p);
    *why = STATUS_INTERNAL;
    snprintf(error, error_size, "not enough memory for the twin");
    if (!p)
        return NULL;
    p->world = world_new(plan, why, error, error_size);
    if (p->world && make_bare(p, plan, why, error, error_size) && make_twin(p, options))
        return p;
    twin_pair_free(p);
    return NULL;
}

void twin_pair_free(struct twin_pair *p)
{
    if (!p)
        return;
    twin_free(p->twin);
    for (u32 i = 0; p->bare && i < p->guests; i++)
        world_free(p->bare[i]);
    world_free(p->world);
    free(p->guest);
    free(p->bare);
    free(p);
}
