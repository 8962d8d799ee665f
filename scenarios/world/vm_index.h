// Small numbers for VMs, by their paths: 0 for the first that is named, then 1, and so on, found
// again in a few steps however many there are. All zero is an empty index.
// Read next: scenarios/world/vm_index.c.
#ifndef SCENARIOS_WORLD_VM_INDEX_H
#define SCENARIOS_WORLD_VM_INDEX_H

#include "sim/event.h"

#define VM_INDEX_MAX 2048u // more than the guests of a world
#define VM_INDEX_BUCKETS (2 * VM_INDEX_MAX)

struct vm_index {
    u32 count;
    struct vm_path path[VM_INDEX_MAX];
    u16 bucket[VM_INDEX_BUCKETS]; // number + 1; 0: free. Who finds a bucket taken looks into the
                                  // next
};

u32 vm_index_find(const struct vm_index *index,
                  const struct vm_path *path); // VM_INDEX_MAX: it has none
u32 vm_index_make(struct vm_index *index,
                  const struct vm_path *path);        // VM_INDEX_MAX: there is no room
void vm_index_cut(struct vm_index *index, u32 count); // forgets all from that number on

#endif
