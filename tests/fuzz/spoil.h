// Faults that are put into a VMM's records while it runs, as a VMM with an error would make them.
#ifndef FUZZ_SPOIL_H
#define FUZZ_SPOIL_H

#include "tests/fuzz/run.h"

// Puts the configuration's fault into the records of the run's native VMM.
void spoil(const struct run *r);

#endif
