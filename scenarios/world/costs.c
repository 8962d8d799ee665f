// The presets of costs. Read scenarios/world/costs.h first.
// Read next: scenarios/world/vm_index.h.
#include "scenarios/world/costs.h"

#define READS 10 // of the guest's record, for one exit

// What a switch costs. The first row is the machine's own table, which names no switch.
static const struct {
    u32 entry, exit, read;
} switches[] = {
    {0, 0, 0},
#define COSTS(name, entry, exit, read, processor) {entry, exit, read},
#include "scenarios/world/costs.def"
#undef COSTS
};

const char *const costs_names[] = {
    "default",
#define COSTS(name, entry, exit, read, processor) name,
#include "scenarios/world/costs.def"
#undef COSTS
    NULL,
};

struct costs costs_of(unsigned index)
{
    struct costs costs = costs_default;
    u32 round_trip = switches[index].exit + READS * switches[index].read + switches[index].entry;
    if (index) {
        costs.emulate = costs.fill = costs.reflect = round_trip;
        costs.inject = costs.schedule = switches[index].entry;
    }
    return costs;
}
