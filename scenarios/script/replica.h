// A replica is a copy of some memory that can be put back. The memory consists of a few pieces,
// which do not move. The copy is made by pages. A page that has not changed is shared with the
// replica before. So a replica costs only what has changed, and a comparison finds that out.
// Read next: scenarios/script/replica.c.
#ifndef SCENARIOS_SCRIPT_REPLICA_H
#define SCENARIOS_SCRIPT_REPLICA_H

#include "sim/state/page_tree.h"

#include <stddef.h>

#define REPLICA_PIECES 5

struct replica_piece {
    void *at;
    size_t bytes; // the present size; another replica may have another size
};

struct replica;

// Copies `count` pieces. `before` is a replica of the same pieces, or NULL. Returns NULL if
// there is no memory.
struct replica *replica_new(const struct replica_piece *pieces, u32 count,
                            const struct replica *before);
struct replica *replica_hold(struct replica *replica); // for another owner
void replica_free(struct replica *replica);            // for one owner

// Puts all pieces back.
void replica_restore(const struct replica *replica);

// Returns how many bytes the replica needs beyond those that it shares with `before`. If
// `before` is NULL, returns how many it needs in all.
size_t replica_bytes(const struct replica *replica, const struct replica *before);

#endif
