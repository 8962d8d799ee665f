// A hash table of VM paths. Contracts: scenarios/world/vm_index.h.
// Read next: scenarios/world/console.h.
#include "scenarios/world/vm_index.h"

// FNV-1a over the parts of the path.
static u32 bucket_of(const struct vm_path *path)
{
    u32 hash = 0x811c9dc5u;
    for (u32 i = 0; i < EVENT_DEPTH && path->id[i]; i++)
        hash = (hash ^ path->id[i]) * 0x01000193u;
    return (hash ^ hash >> 16) % VM_INDEX_BUCKETS;
}

// The bucket of this path, or the free bucket that it would get. If a bucket is taken by another
// path, the next one is looked at.
static u32 look(const struct vm_index *index, const struct vm_path *path)
{
    u32 b = bucket_of(path);
    while (index->bucket[b] && !vm_path_equal(&index->path[index->bucket[b] - 1], path))
        b = (b + 1) % VM_INDEX_BUCKETS;
    return b;
}

u32 vm_index_find(const struct vm_index *index, const struct vm_path *path)
{
    u32 found = index->bucket[look(index, path)];
    return found ? found - 1 : VM_INDEX_MAX;
}

u32 vm_index_make(struct vm_index *index, const struct vm_path *path)
{
    u32 b = look(index, path);
    if (!index->bucket[b] && index->count < VM_INDEX_MAX) {
        index->path[index->count] = *path;
        index->bucket[b] = (u16)++index->count;
    }
    return index->bucket[b] ? index->bucket[b] - 1u : VM_INDEX_MAX;
}
