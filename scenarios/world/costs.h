// Tables of costs by name: what the work of a native VMM costs on machines that really existed
// (costs.def). A preset gives each exit that such a VMM deals with the cost of the whole round
// trip: out of the guest, ten reads of its record, and back into the guest. Everything else stays
// as in the machine's own table (sim/machine_config.h).
// Read next: scenarios/world/costs.c.
#ifndef SCENARIOS_WORLD_COSTS_H
#define SCENARIOS_WORLD_COSTS_H

#include "sim/machine_config.h"

// "default", then the presets; NULL closes the list.
extern const char *const costs_names[];
// The table of the index-th of these names.
struct costs costs_of(unsigned index);

#endif
