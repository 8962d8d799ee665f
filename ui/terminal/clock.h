// The host's clock. Only the pace of a run and of the drawing depends on it: nothing that a
// simulated machine can see.
#ifndef UI_TERMINAL_CLOCK_H
#define UI_TERMINAL_CLOCK_H

#include "isa/types.h"

// Milliseconds on a clock that never goes back.
u64 host_milliseconds(void);

#endif
