// Exit multiplication: what one exit of a deep guest costs in each VMM above it. From an exit of
// the guest that is watched to its next one, everything that is done on its hart is done about that
// exit:
//
//     L2  trap |                                                                          | goes on
//     L1       |            ..csrr..   ..csrr..   ..csrw..   (instructions of L1's VMM)   |
//     L0       | ..reflect..        ..        ..          ..     (exits of L1's VMM)      |
//
// An exit counts for the VMM that dealt with it; instructions for the VMM whose they are. The
// native VMM has none: its work is in cycles, by the machine's cost table. Cycles are instructions
// and costs charged; idle time is nobody's. Plain data: a copy is a snapshot.
// Read next: scenarios/world/multiply.c.
#ifndef SCENARIOS_WORLD_MULTIPLY_H
#define SCENARIOS_WORLD_MULTIPLY_H

#include "isa/arch/round.h"
#include "scenarios/world/cause_index.h"
#include "sim/event.h"

struct effort {
    u64 exits, instructions, cycles;
};

struct multiplied {
    struct vm_path guest;                           // whose exits; {}: nobody is watched
    u64 count[COUNTERS_CAUSES];                     // its exits
    struct effort by[COUNTERS_CAUSES][EVENT_DEPTH]; // what each level's VMM did about them
    struct {
        bool open; // an exit of the guest is being dealt with
        u8 cause;
        u64 retired, charged; // of the hart at its last exit, whoever's it was
    } hart[HARTS_MAX];
};

void multiply_add(struct multiplied *m, const struct event *e);
// All causes together. Returns the guest's exits; `to` has a row for each level above the guest.
u64 multiply_sum(const struct multiplied *m, struct effort to[EVENT_DEPTH]);

#endif
