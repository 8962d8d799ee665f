// The table of claims. Contracts and the rule of who has to go: sim/core/claims.h.
// Read next: sim/core/note.c.
#include "sim/core/claims.h"

#include <string.h>

static int compare(const struct vm_path *a, const struct vm_path *b)
{
    for (unsigned level = 0; level < EVENT_DEPTH; level++)
        if (a->id[level] != b->id[level])
            return a->id[level] < b->id[level] ? -1 : 1;
    return 0;
}

// The place of the first claim whose path is not before `path`.
static u32 place_of(const struct claims *c, const struct vm_path *path)
{
    u32 low = 0, high = c->count;
    while (low < high) {
        u32 middle = (low + high) / 2;
        if (compare(&c->claim[middle].path, path) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_at(const struct claims *c, u32 place, const struct vm_path *path)
{
    return place < c->count && vm_path_equal(&c->claim[place].path, path);
}

const struct vmm_claim *claims_find(const struct claims *c, const struct vm_path *path)
{
    u32 place = place_of(c, path);
    return is_at(c, place, path) ? &c->claim[place] : NULL;
}

static void insert(struct claims *c, u32 place, const struct vm_path *path)
{
    struct vmm_claim *at = &c->claim[place];
    memmove(at + 1, at, (c->count - place) * sizeof *at);
    *at = (struct vmm_claim){.path = *path};
    c->count++;
}

static void remove_at(struct claims *c, u32 place)
{
    struct vmm_claim *at = &c->claim[place];
    c->count--;
    memmove(at, at + 1, (c->count - place) * sizeof *at);
}

// ---- who has to go

// A share is a row of neighbours in the table: [first, end).
struct share {
    u32 first, end;
};

// The neighbours from `first` on that have the same number at this level.
static struct share share_at(const struct claims *c, u32 first, u32 end, unsigned level)
{
    struct share s = {first, first + 1};
    while (s.end < end && c->claim[s.end].path.id[level] == c->claim[first].path.id[level])
        s.end++;
    return s;
}

static bool holds(const struct share *s, u32 place)
{
    return place >= s->first && place < s->end;
}

// Returns the largest share inside `all` at this level. If several are equally large, the share
// of the new claim is taken, so that no VM loses a claim to another VM with as many. Otherwise
// the last one is taken, because the first may be the kernel's own claim.
static struct share largest(const struct claims *c, struct share all, unsigned level, u32 newcomer)
{
    struct share most = {all.first, all.first};
    for (u32 first = all.first; first < all.end;) {
        struct share s = share_at(c, first, all.end, level);
        u32 size = s.end - s.first, best = most.end - most.first;
        if (size > best || (size == best && !holds(&most, newcomer)))
            most = s;
        first = s.end;
    }
    return most;
}

static u32 who_goes(const struct claims *c, u32 newcomer)
{
    struct share s = {0, c->count};
    // A path that ends before this level has the number 0 here: the kernel of the VM itself.
    for (unsigned level = 0; level < EVENT_DEPTH && s.end - s.first > 1; level++)
        s = largest(c, s, level, newcomer);
    return s.first;
}

struct vmm_claim *claims_make(struct claims *c, const struct vm_path *path)
{
    u32 place = place_of(c, path);
    if (is_at(c, place, path))
        return &c->claim[place];
    // The new claim takes part in the choice of who goes, so it is put in first.
    insert(c, place, path);
    if (c->count > CLAIMS_MAX) {
        u32 goes = who_goes(c, place);
        remove_at(c, goes);
        if (goes == place)
            return NULL;
        place -= goes < place;
    }
    return &c->claim[place];
}
