// Makes a twin from a plan: the world that the plan describes, and for each of its guests a bare
// machine, loaded with the same images.
#ifndef SCENARIOS_TWIN_PAIR_H
#define SCENARIOS_TWIN_PAIR_H

#include "scenarios/twin/twin.h"
#include "scenarios/world/world.h"

struct twin_pair {
    struct world *world;
    struct twin *twin;
    u32 guests;          // how many guests are no VMM
    u32 *guest;          // the index of each in the world
    struct world **bare; // the bare machine of each
};

// Builds the world and the bare machines. The plan must have one hart, the virtual clock, and a
// VMM. Returns NULL, with the kind of failure in *why and a message in `error`, if that is
// impossible.
struct twin_pair *twin_pair_new(const struct world_plan *plan, const struct twin_options *options,
                                enum status *why, char *error, size_t error_size);
void twin_pair_free(struct twin_pair *p);

#endif
