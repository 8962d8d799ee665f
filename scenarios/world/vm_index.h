// Small numbers for VMs, by their paths: 0 for the first VM that is named, then 1, and so on.
// However many there are, the number of a VM is found in a few steps. An index that is all zero is
// empty.
// Read next: scenarios/world/vm_index.c.
#ifndef SCENARIOS_WORLD_VM_INDEX_H
#define SCENARIOS_WORLD_VM_INDEX_H

#include "sim/event.h"

#define VM_INDEX_MAX 2048u // more than the guests of a world
#define VM_INDEX_BUCKETS (2 * VM_INDEX_MAX)

struct vm_index {
    u32 count;
    struct vm_path path[VM_INDEX_MAX];
    u16 bucket[VM_INDEX_BUCKETS]; // a number + 1; 0: the bucket is free
};

// Returns the number of a VM, or VM_INDEX_MAX if it has none.
u32 vm_index_find(const struct vm_index *index, const struct vm_path *path);
// Gives the VM a number if it has none. Returns the number, or VM_INDEX_MAX if there is no room.
u32 vm_index_make(struct vm_index *index, const struct vm_path *path);

#endif
