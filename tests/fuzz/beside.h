// Runs a program with its twin: bare and under VMMs at once, in lock step (scenarios/twin/twin.h).
#ifndef FUZZ_BESIDE_H
#define FUZZ_BESIDE_H

#include "sim/machine.h"
#include "tests/fuzz/run.h"

// Runs r's machine, which tower_build has made, beside a bare one, for at most `limit` steps. What
// the twin finds is in r->broken. If the configuration has a fault, the VMM's records are spoilt as
// it goes. Returns what ended the machine's run.
enum stop beside_run(struct run *r, const struct asm_image *image, struct run_options options,
                     u64 limit);

#endif
