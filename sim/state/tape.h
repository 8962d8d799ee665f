// The tape holds all input of a run, each piece with the step at which it came. The tape makes a
// run repeatable even with a person at the keyboard: after going back to before step s, the
// input of step s comes at step s again.
//
//     entries: | step 0 unit 0 "ls\n" | step 91877 unit 1 "q" | ...
//                                       ^ at: the first that has not arrived yet
//
// If input is given in the past, another future begins: the rest of the tape is forgotten, and
// `branch` counts how often that happened.
// Read next: sim/snapshot.c.
#ifndef SIM_STATE_TAPE_H
#define SIM_STATE_TAPE_H

#include "isa/types.h"

struct tape_entry {
    u64 steps; // machine steps when it arrived
    u32 unit;
    size_t start, count; // in bytes
};

struct tape {
    struct tape_entry *entries;
    size_t count, capacity;
    size_t at; // the first that has not arrived
    u8 *bytes;
    size_t bytes_count, bytes_capacity;
    u64 branch; // which future this is
    // True if the input that waits on the tape was given after the last winding, so that it
    // belongs to the present life.
    bool given;
};

void tape_free(struct tape *t);

// Appends a piece. Forgets input of an earlier life that has not arrived. Returns false if there
// is no memory; that input is forgotten all the same.
bool tape_append(struct tape *t, u64 steps, u32 unit, const void *bytes, size_t count);

// Forgets what has not arrived.
void tape_forget_future(struct tape *t);

// Returns the step at which the next input is due, or all ones if the tape has no more.
u64 tape_due(const struct tape *t);

// Takes the next entry off; its bytes start at *bytes. To be called only if an entry is due.
struct tape_entry *tape_take(struct tape *t, const u8 **bytes);

// Winds the tape to where it was on `branch` after `at` entries. Returns false if that future is
// forgotten; the tape is then empty.
bool tape_wind(struct tape *t, u64 branch, size_t at);

// Does realloc, and takes more room than needed: room for `more` elements of `size` bytes behind
// `count`. Returns NULL if there is no memory; the old array then stays.
void *tape_grow(void *array, size_t count, size_t more, size_t *capacity, size_t size);

#endif
