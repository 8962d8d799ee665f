// A copy of some memory that can be put back. The memory is a few pieces, which do not move. The
// copy is made by pages, and a page that is still the same is shared with the replica before. So a
// replica costs what has changed, and comparing finds that out.
// Read next: scenarios/script/replica.c.
#ifndef SCENARIOS_SCRIPT_REPLICA_H
#define SCENARIOS_SCRIPT_REPLICA_H

#include "sim/state/page_tree.h"

#include <stddef.h>

#define REPLICA_PIECES 5

struct replica_piece {
    void *at;
    size_t bytes; // now; it may be another number in another replica
};

struct replica;

// A copy of `count` pieces. `before` is a replica of the same pieces, or NULL. NULL: out of memory.
struct replica *replica_new(const struct replica_piece *pieces, u32 count,
                            const struct replica *before);
struct replica *replica_hold(struct replica *replica); // for another owner
void replica_free(struct replica *replica);            // for one owner

// Puts all pieces back.
void replica_restore(const struct replica *replica);

// How many bytes it takes beyond those that it shares with `before`; NULL: in all.
size_t replica_bytes(const struct replica *replica, const struct replica *before);

#endif
