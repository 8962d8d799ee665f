// The memory of a script: all of it lies in one piece, which never moves. So a copy of the bytes is
// a copy of the script, with its coroutine, its functions and what they remember, and putting the
// bytes back puts the script back (scenarios/script/replica.h). No library for memory promises
// that.
//
//     base                                        top                          base + size
//      | head | block | block | free | block | ... |  never used yet ...            |
//
// A block belongs to a class of sizes. A block that is given back waits in the list of its class
// until somebody wants a block of that class. Lua always says how large a block is, so a block
// needs no header.
// Read next: scenarios/script/arena.c.
#ifndef SCENARIOS_SCRIPT_ARENA_H
#define SCENARIOS_SCRIPT_ARENA_H

#include "isa/types.h"

#include <stddef.h>

struct arena; // lies at the beginning of its own memory

// At most about `room` bytes can be used; host memory is taken as they are. NULL: there is none.
struct arena *arena_new(size_t room);
void arena_free(struct arena *a);

// What realloc does. `old_size` is the size of the block `old`, which may be NULL, and size 0 gives
// the block back. NULL: the arena is full (or the size is 0), and the old block stays.
void *arena_resize(struct arena *a, void *old, size_t old_size, size_t size);

// How many bytes from the beginning of the arena are in use, or were.
size_t arena_bytes(const struct arena *a);

#endif
