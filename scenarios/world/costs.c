// The presets of costs. Read scenarios/world/costs.h first.
// Read next: scenarios/world/vm_index.h.
#include "scenarios/world/costs.h"

const struct cost_preset cost_presets[] = {
    {"default", 0, 0, 0, 0, "the machine's own table, in which traps and returns are the switch"},
#define COSTS(name, year, entry, exit, record, processor) \
    {name, year, entry, exit, record, processor},
#include "scenarios/world/costs.def"
#undef COSTS
    {0},
};

const char *const costs_names[] = {
    "default",
#define COSTS(name, year, entry, exit, record, processor) name,
#include "scenarios/world/costs.def"
#undef COSTS
    NULL,
};

void costs_apply(unsigned index, struct costs *costs)
{
    const struct cost_preset *preset = &cost_presets[index];
    if (!index)
        return;
    costs->entry = preset->entry;
    costs->exit = preset->exit;
    costs->record = preset->record;
}
