// Causes by index. Read scenarios/world/cause_index.h first.
// Read next: scenarios/world/counters.h.
#include "scenarios/world/cause_index.h"

#include "isa/arch/hart.h"

u32 counters_index(u32 cause)
{
    return (cause & 31) | (cause & CAUSE_INTERRUPT ? 32 : 0);
}

u32 counters_cause(u32 index)
{
    return (index & 31) | (index & 32 ? CAUSE_INTERRUPT : 0);
}
