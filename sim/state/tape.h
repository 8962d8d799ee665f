// The tape: all input of a run, each piece with the step it came at. The tape is what makes a run
// with a person at the keyboard repeatable: after going back to before step s, what came at step s
// comes at step s again.
//
//     entries: | step 0 unit 0 "ls\n" | step 91877 unit 1 "q" | ...
//                                       ^ at: the first that has not arrived yet
//
// Input given in the past starts another future: what was on the tape from there on is forgotten,
// and `branch` counts how often that happened.
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
    // What waits on the tape was given after the last winding, so it belongs to this life.
    bool given;
};

void tape_free(struct tape *t);

// Appends. What an earlier life left on the tape, and what has not arrived, is forgotten. False: no
// memory, and that is forgotten all the same.
bool tape_append(struct tape *t, u64 steps, u32 unit, const void *bytes, size_t count);

// Forgets what has not arrived.
void tape_forget_future(struct tape *t);

// The step at which the next input is due; all ones: none is on the tape.
u64 tape_due(const struct tape *t);

// Takes the next entry off; its bytes start at *bytes. Only where one is due.
struct tape_entry *tape_take(struct tape *t, const u8 **bytes);

// Winds the tape to where it was on `branch` with `at` entries gone by. False: that future is
// forgotten; the tape is then empty.
bool tape_wind(struct tape *t, u64 branch, size_t at);

// realloc with room to spare: room for `more` elements of `size` bytes behind `count`. NULL: no
// memory, and the old array stays.
void *tape_grow(void *array, size_t count, size_t more, size_t *capacity, size_t size);

#endif
