// Makes a failing program small: leaves out pieces, then lines of pieces, as long as it still fails
// in the same way.
#ifndef FUZZ_SHRINK_H
#define FUZZ_SHRINK_H

#include "tests/fuzz/run.h"

// Assembles the program, runs it in the reference configuration (or the one that `other` is to be
// like) and in `other`. True: they differ, and text says how.
bool program_fails(const struct program *p, const struct configuration *other, char *text,
                   size_t size);

// Shrinks in place. Pieces that are not needed are marked gone; lines are taken out of the text.
// Returns the number of runs it took.
u32 program_shrink(struct program *p, const struct configuration *other);

#endif
