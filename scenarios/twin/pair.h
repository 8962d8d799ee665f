// A twin from a plan: the world that the plan describes, and a bare machine for each of its guests,
// loaded with the same images.
#ifndef SCENARIOS_TWIN_PAIR_H
#define SCENARIOS_TWIN_PAIR_H

#include "scenarios/twin/twin.h"
#include "scenarios/world/world.h"

struct twin_pair {
    struct world *world;
    struct twin *twin;
    u32 guests;          // those that are no VMM
    u32 *guest;          // the index of each in the world
    struct world **bare; // and its bare machine
};

// Builds all of it. The plan must have one hart, the virtual clock, and a VMM. Returns NULL, with
// the kind of failure and a message, if that cannot be.
struct twin_pair *twin_pair_new(const struct world_plan *plan, const struct twin_options *options,
                                enum status *why, char *error, size_t error_size);
void twin_pair_free(struct twin_pair *p);

#endif
