// What the files that build a world share: build.c (machine, images, start), layout.c (where
// everything lies) and plan.c. No other file includes this header.
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

// A world that is being built, and the message if that fails. place[0] is the place of the
// outermost VMM. place[1 + i] is the place of guest i if that guest is a VMM. So
// guest_plan.inside is an index of `place`.
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

// Returns the technique (enum technique_kind) of a guest: its own, or the one of its VMM.
u32 world_technique(const struct building *b, u32 guest);
// Returns true if the harts of a guest have the hypervisor extension. Two conditions must hold.
// It must be needed: the machine has the extension, or the guest is a VMM that uses guest mode.
// And the VMM above the guest must be able to give it: with `trap` it always can, with `assist`
// it can if it has the extension itself, and with `assist-shadow` it never can.
bool world_has_h(const struct building *b, u32 guest);
// Checks the plan's numbers, and gives everything its name and place. *ram becomes the RAM that
// the machine needs.
bool world_lay_out(struct building *b, u64 *ram);

#endif
