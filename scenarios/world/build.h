// What the files that build a world share: build.c (machine, images, start), layout.c (where
// everything lies) and plan.c. Nobody else includes this header.
// Read next: scenarios/world/layout.c.
#ifndef SCENARIOS_WORLD_BUILD_H
#define SCENARIOS_WORLD_BUILD_H

#include "scenarios/world/world.h"

// The part of memory that a VMM has: the machine's RAM for the outermost VMM, a guest's RAM for the
// others.
struct vmm_place {
    bool used;
    bool code;  // T32 code: its image lies in there, too
    mpa window; // where in the machine it begins
    u64 size;   // bytes in all
    u64 pool;   // offset of the VMM's own pages
    u32 pool_size;
    u64 guests;   // offset of its first guest's RAM
    u32 children; // how many guests it has
};

// A world that is being built, and what to say if that fails. place[0] is the outermost VMM's, and
// place[1 + i] is guest i's if that is a VMM. So guest_plan.inside is an index of it.
struct building {
    const struct world_plan *plan;
    struct world *world;
    struct vmm_place place[1 + WORLD_GUESTS_MAX];
    // The first few guests that are like no earlier one. Guests like them need not be loaded again.
    u32 kinds;
    u32 kind[16];
    char *vmm_image; // path of the VMM as T32 code, if any VMM is
    enum status why;
    char *error;
    size_t error_size;
};

// Keeps the reason and the message. Returns false.
__attribute__((format(printf, 3, 4))) bool world_fail(struct building *b, enum status why,
                                                      const char *format, ...);

// The technique (enum technique_kind) by which a guest is to run: its own, or its VMM's.
u32 world_technique(const struct building *b, u32 guest);
// Do the harts of a guest have the hypervisor extension? Somebody must want it: the machine has it,
// or the guest is a VMM that uses guest mode. And the VMM above the guest must be able to give it:
// by trap it always is, by assist if it has the extension itself, and by assist-shadow never.
bool world_has_h(const struct building *b, u32 guest);
// Checks the plan's numbers, and names and places everything. *ram: what the machine needs.
bool world_lay_out(struct building *b, u64 *ram);

#endif
