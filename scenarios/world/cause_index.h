// Small numbers for causes, so that counts by cause fit in an array.
// Read next: scenarios/world/cause_index.c.
#ifndef SCENARIOS_WORLD_CAUSE_INDEX_H
#define SCENARIOS_WORLD_CAUSE_INDEX_H

#include "isa/types.h"

#define COUNTERS_CAUSES 64 // exceptions by their number, interrupts at 32 + their number

u32 counters_index(u32 cause); // from an scause value to the index
u32 counters_cause(u32 index); // and back

#endif
