// The host's clocks. The pace of a run, the pace of the drawing and the number of snapshots depend
// on them. Nothing that a simulated machine can see depends on them.
#ifndef UI_TERMINAL_CLOCK_H
#define UI_TERMINAL_CLOCK_H

#include "isa/types.h"

// Milliseconds on a clock that never goes back.
u64 host_milliseconds(void);
// Microseconds of processor time that this process has used. Other programs do not count.
u64 host_processor_time(void);

#endif
