// Lets input arrive while the machine runs. Callers of the machine give input by machine_input
// (sim/machine.h).
#ifndef SIM_INPUT_H
#define SIM_INPUT_H

#include "isa/types.h"

struct machine;

// Delivers all input on the tape whose step has come. Returns the step at which the next input
// is due, or all ones if the tape has no more. Must not be called during a step.
u64 input_deliver(struct machine *m);

#endif
