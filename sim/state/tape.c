// The tape of input. Picture and contracts: sim/state/tape.h.
#include "sim/state/tape.h"

#include <stdlib.h>
#include <string.h>

void tape_free(struct tape *t)
{
    free(t->entries);
    free(t->bytes);
    *t = (struct tape){0};
}

void *tape_grow(void *array, size_t count, size_t more, size_t *capacity, size_t size)
{
    if (count + more <= *capacity)
        return array;
    // Twice the room: then n appends copy fewer than 2n elements in all.
    size_t wanted = (count + more) * 2;
    void *bigger = realloc(array, wanted * size);
    if (bigger)
        *capacity = wanted;
    return bigger;
}

void tape_forget_future(struct tape *t)
{
    if (t->at == t->count)
        return;
    // Pieces that have arrived stay, because a run that goes back needs them again.
    t->count = t->at;
    t->bytes_count = t->entries[t->at].start;
    t->branch++;
}

bool tape_append(struct tape *t, u64 steps, u32 unit, const void *bytes, size_t count)
{
    // This is the first new input after going back, so the old future is no longer true.
    if (!t->given)
        tape_forget_future(t);
    t->given = true;
    u8 *store = tape_grow(t->bytes, t->bytes_count, count, &t->bytes_capacity, 1);
    if (!store)
        return false;
    t->bytes = store;
    struct tape_entry *entries = tape_grow(t->entries, t->count, 1, &t->capacity, sizeof *entries);
    if (!entries)
        return false;
    t->entries = entries;
    memcpy(store + t->bytes_count, bytes, count);
    t->entries[t->count++] = (struct tape_entry){steps, unit, t->bytes_count, count};
    t->bytes_count += count;
    return true;
}

u64 tape_due(const struct tape *t)
{
    return t->at < t->count ? t->entries[t->at].steps : UINT64_MAX;
}

struct tape_entry *tape_take(struct tape *t, const u8 **bytes)
{
    struct tape_entry *e = &t->entries[t->at++];
    *bytes = t->bytes + e->start;
    return e;
}

bool tape_wind(struct tape *t, u64 branch, size_t at)
{
    t->given = false;
    // A snapshot of another branch knows input that this tape no longer has.
    bool same = t->branch == branch && at <= t->count;
    if (same)
        t->at = at;
    else
        t->at = t->count = t->bytes_count = 0;
    return same;
}
