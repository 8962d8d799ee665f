// Builds the machine that a configuration asks for: the program in the innermost memory, a VMM
// around it, another around that.
#ifndef FUZZ_TOWER_H
#define FUZZ_TOWER_H

#include "tests/fuzz/run.h"

// Fills machine, native, path, console_path. False: r->broken says why.
bool tower_build(struct run *r, const struct asm_image *image, struct run_options options);

#endif
