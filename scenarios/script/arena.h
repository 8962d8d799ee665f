// The memory of a script. All of it lies in one piece, which never moves. So a copy of the bytes
// is a copy of the script, with its coroutine, its functions and what they remember. When the
// bytes are put back, the script is put back (scenarios/script/replica.h). No library for memory
// promises that.
//
//     base                                        top                          base + size
//      | head | block | block | free | block | ... |  never used yet ...            |
//
// A block belongs to a class of sizes. A block that is given back is kept in the list of its
// class until a block of that class is needed. Lua always tells how large a block is, so a block
// needs no header.
// Read next: scenarios/script/arena.c.
#ifndef SCENARIOS_SCRIPT_ARENA_H
#define SCENARIOS_SCRIPT_ARENA_H

#include "isa/types.h"

#include <stddef.h>

struct arena; // lies at the beginning of its own memory

// Makes an arena of which about `room` bytes can be used. Memory of the host is taken only when
// they are used. Returns NULL if there is no memory.
struct arena *arena_new(size_t room);
void arena_free(struct arena *a);

// Does what realloc does. `old_size` is the size of the block `old`, which may be NULL. Size 0
// gives the block back. Returns NULL if the arena is full (or if the size is 0); if it is full,
// the old block stays.
void *arena_resize(struct arena *a, void *old, size_t old_size, size_t size);

// Returns how many bytes from the beginning of the arena are in use, or were in use.
size_t arena_bytes(const struct arena *a);

#endif
