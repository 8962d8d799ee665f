// Two configurations of the machine, one step of each at a time, until they part: finds the
// instruction that an engine gets wrong.
#ifndef FUZZ_LOCKSTEP_H
#define FUZZ_LOCKSTEP_H

#include "tests/fuzz/run.h"

// Prints the first step after which the harts differ, or that they never do. For configurations of
// the same depth and monitors.
void lockstep_print(const struct configuration *a, const struct configuration *b,
                    const struct program *p);

#endif
