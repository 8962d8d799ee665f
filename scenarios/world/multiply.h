// Exit multiplication: what one exit of a deep guest costs in each VMM above it. From one exit
// of the watched guest to its next exit, everything that happens on its hart belongs to the
// first exit:
//
//     L2  trap |                                                                   | goes on
//     L1       |           ..csrr..  ..csrr..  ..csrw..  (instructions of L1)      |
//     L0       | ..reflect..       ..        ..          (exits of L1)             |
//
// An exit counts for the VMM that handled it. Instructions count for the VMM that executed them.
// A native VMM executes none; the machine's cost table says what its work costs in cycles.
// Cycles are instructions and costs together. Idle time counts for no VMM. All of it is plain
// data, so a copy is a snapshot.
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
    struct vm_path guest;                           // the watched guest; {}: no guest is watched
    u64 count[COUNTERS_CAUSES];                     // its exits by cause
    struct effort by[COUNTERS_CAUSES][EVENT_DEPTH]; // what the VMM of each level did about them
    struct {
        bool open; // an exit of the guest is not complete
        u8 cause;
        u64 retired, charged; // by the hart at its last exit of any guest
    } hart[HARTS_MAX];
};

void multiply_add(struct multiplied *m, const struct event *e);
// Adds up all causes. Returns how many exits the guest had. `to` has a row for each level above
// the guest.
u64 multiply_sum(const struct multiplied *m, struct effort to[EVENT_DEPTH]);

#endif
