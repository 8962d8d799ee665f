// Gangs that wait, as a pairing heap whose links are in their records. Picture and contracts:
// hypervisor/waiting.h.
// Read next: hypervisor/life.c.
#include "hypervisor/waiting.h"

static bool is_before(struct turn *t, mpa a, mpa b)
{
    u64 wake_a = gang_at(t, a)->wake;
    u64 wake_b = gang_at(t, b)->wake;
    return wake_a != wake_b ? wake_a < wake_b : a < b;
}

// Joins two heaps into one: the root that is due later becomes the first child of the other
// root. 0 is an empty heap.
static mpa join(struct turn *t, mpa a, mpa b)
{
    if (!a || !b)
        return a ? a : b;
    bool a_first = is_before(t, a, b);
    mpa above = a_first ? a : b;
    mpa below = a_first ? b : a;
    struct gang *parent = gang_at(t, above);
    struct gang *child = gang_at(t, below);
    // `below` becomes the first child of `above`, in front of the other children.
    child->next = parent->child;
    child->prev = above;
    if (child->next)
        gang_at(t, child->next)->prev = below;
    parent->child = below;
    return above;
}

// Takes the first gang out of a list of siblings. The gangs below it stay below it, so the
// result is a heap of its own.
static mpa take_first(struct turn *t, mpa *list)
{
    mpa first = *list;
    if (!first)
        return 0;
    struct gang *g = gang_at(t, first);
    *list = g->next;
    g->next = g->prev = 0;
    return first;
}

// Joins siblings into one heap: first in pairs, from the left, and then pair by pair, from the
// right. This order keeps the average number of steps low.
static mpa join_siblings(struct turn *t, mpa list)
{
    mpa pairs = 0, root = 0;
    while (list) {
        mpa first = take_first(t, &list);
        mpa pair = join(t, first, take_first(t, &list));
        // The pairs are pushed on a list, which turns their order round: the last pair is joined
        // first.
        gang_at(t, pair)->next = pairs;
        pairs = pair;
    }
    while (pairs)
        root = join(t, root, take_first(t, &pairs));
    return root;
}

void waiting_insert(struct turn *t, mpa gang)
{
    struct gang *g = gang_at(t, gang);
    g->next = g->prev = g->child = 0;
    t->vmm->waiting = join(t, t->vmm->waiting, gang);
}

void waiting_remove(struct turn *t, mpa gang)
{
    struct gang *g = gang_at(t, gang);
    mpa rest = join_siblings(t, g->child);
    if (gang == t->vmm->waiting) {
        t->vmm->waiting = rest;
        return;
    }
    // `prev` of a first child is its parent, and `prev` of any other child is the sibling before
    // it.
    struct gang *before = gang_at(t, g->prev);
    if (before->child == gang)
        before->child = g->next;
    else
        before->next = g->next;
    if (g->next)
        gang_at(t, g->next)->prev = g->prev;
    t->vmm->waiting = join(t, t->vmm->waiting, rest);
}
