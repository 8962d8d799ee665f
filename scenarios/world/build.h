// What the chapters that build a world share: world.c (machine, images, start), layout.c
// (where everything lies). Not for others.
// Read next: scenarios/world/layout.c.
#ifndef SCENARIOS_WORLD_BUILD_H
#define SCENARIOS_WORLD_BUILD_H

#include "scenarios/world/world.h"

// A VMM's part of memory: the machine's RAM for the outermost one, a guest's RAM for the others.
struct vmm_place {
    bool used;
    bool code;  // T32 code: its image lies in there too
    mpa window; // where in the machine
    u64 size;   // of all of it, bytes
    u64 pool;   // offset of the VMM's own pages
    u32 pool_size;
    u64 guests;   // offset of its first guest's RAM
    u32 children; // how many guests it has
};

// A world being built, and what to say if it fails. place[0] is the outermost VMM's, place[1 + i]
// that of guest i if it is a VMM, so that guest_plan.inside is an index.
struct building {
    const struct world_plan *plan;
    struct world *world;
    struct vmm_place place[1 + WORLD_GUESTS_MAX];
    u32 kinds; // guests that are like no earlier one, the first few of them
    u32 kind[16];
    char *vmm_image; // path of the VMM as T32 code, if any is
    enum status why;
    char *error;
    size_t error_size;
};

__attribute__((format(printf, 3, 4))) bool world_fail(struct building *b, enum status why,
                                                      const char *format, ...);

// layout.c: checks the plan's numbers; names, paths, units and places everything. *ram: what
// the machine needs.
bool world_lay_out(struct building *b, u64 *ram);

#endif
