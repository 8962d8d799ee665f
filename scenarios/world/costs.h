// Tables of costs by name. They say what the switch between a guest and its VMM costs on real
// machines of the past (costs.def). A preset sets the cost of a switch beside the trap itself:
// `exit`, `entry` and `record` of struct costs. Everything else stays as in the machine's own
// table (sim/machine_config.h), so two presets differ in the hardware alone.
//
// The costs apply where the hart switches: between guest mode and the VMM, whichever VMM that
// is, and at each exit to a native VMM, whatever its technique. A VMM that is T32 code and uses
// trap-and-emulate is an ordinary kernel for the hart, so its switches are ordinary traps.
// Read next: scenarios/world/costs.c.
#ifndef SCENARIOS_WORLD_COSTS_H
#define SCENARIOS_WORLD_COSTS_H

#include "sim/machine_config.h"

struct cost_preset {
    const char *name; // NULL: the end of the table
    u32 year, entry, exit, record;
    const char *processor;
};
extern const struct cost_preset cost_presets[]; // the first one is "default"

// Their names, in the same order; NULL closes the list.
extern const char *const costs_names[];
// Puts the figures of the index-th preset into *costs. 0, the default, changes nothing.
void costs_apply(unsigned index, struct costs *costs);

#endif
