// Time on the hart of the T32 backend: the present time, and how the VMM has a guest stopped at
// a chosen instruction.
#ifndef HYPERVISOR_T32_TIMER_H
#define HYPERVISOR_T32_TIMER_H

#include "hypervisor/t32/hw.h"

// Reads all that is kept of the time. Called at the start, and after the hart has idled.
void timer_read(struct hw *hw);
// To be called with the low word of time. It was read less than 2^32 ticks after the last one.
// When it carries, the high word follows.
static inline void timer_note(struct hw *hw, u32 low)
{
    if (low < hw->low)
        hw->high++;
    hw->low = low;
}
// Sets the timer to interrupt at `until`, which lies in the future.
void timer_set(struct hw *hw, u64 until);

// Prepares for a stop in `run` ticks: sets the high word of stimecmp, so that the counted path into
// the guest only has to write the low word.
void timer_plan(struct hw *hw, u32 run);
// Returns what must be added to instret, when the path into the guest reads it, for a stop after
// `run` instructions of the guest. `way` is the number of instructions from that reading to the
// guest. By the wall clock time does not follow instret, and the stop is as near as possible.
u32 timer_after_instret(struct hw *hw, u32 way, u32 run);
// To be called when a run by the wall clock ended before the guest's first instruction: the way
// in takes longer than was assumed.
void timer_was_short(struct hw *hw, u32 way);

#endif
