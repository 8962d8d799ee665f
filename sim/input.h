// How the run loop lets input arrive. What a caller of the machine does is machine_input
// (sim/machine.h).
#ifndef SIM_INPUT_H
#define SIM_INPUT_H

#include "isa/types.h"

struct machine;

// Delivers everything on the tape whose step has come. Returns the step at which the next input is
// due; all ones: none is on the tape. Not during a step.
u64 input_deliver(struct machine *m);

#endif
