// Gangs that wait, as a pairing heap threaded through their records. Picture and contracts:
// hypervisor/waiting.h. Read next: hypervisor/vmm.c.
#include "hypervisor/waiting.h"

static struct gang *gang_at(struct hw *hw, mpa gang)
{
    return hw_page(hw, gang);
}

static bool is_before(struct hw *hw, mpa a, mpa b)
{
    u64 wake_a = gang_at(hw, a)->wake, wake_b = gang_at(hw, b)->wake;
    return wake_a != wake_b ? wake_a < wake_b : a < b;
}

// Makes one heap of two: the later root becomes the first child of the other. 0 is an empty heap.
static mpa join(struct hw *hw, mpa a, mpa b)
{
    if (!a || !b)
        return a ? a : b;
    mpa above = is_before(hw, a, b) ? a : b, below = above == a ? b : a;
    struct gang *parent = gang_at(hw, above), *child = gang_at(hw, below);
    child->next = parent->child;
    child->prev = above;
    if (child->next)
        gang_at(hw, child->next)->prev = below;
    parent->child = below;
    return above;
}

// Takes the first of a list of siblings out, as a heap of its own.
static mpa take_first(struct hw *hw, mpa *list)
{
    mpa first = *list;
    if (!first)
        return 0;
    struct gang *g = gang_at(hw, first);
    *list = g->next;
    g->next = g->prev = 0;
    return first;
}

// Makes one heap of siblings: first in pairs, from the left, then pair by pair, from the right.
static mpa join_siblings(struct hw *hw, mpa list)
{
    mpa pairs = 0, root = 0;
    while (list) {
        mpa first = take_first(hw, &list);
        mpa pair = join(hw, first, take_first(hw, &list));
        gang_at(hw, pair)->next = pairs;
        pairs = pair;
    }
    while (pairs)
        root = join(hw, root, take_first(hw, &pairs));
    return root;
}

void waiting_insert(struct hw *hw, struct vmm *vmm, mpa gang)
{
    struct gang *g = gang_at(hw, gang);
    g->next = g->prev = g->child = 0;
    vmm->waiting = join(hw, vmm->waiting, gang);
}

void waiting_remove(struct hw *hw, struct vmm *vmm, mpa gang)
{
    struct gang *g = gang_at(hw, gang);
    mpa rest = join_siblings(hw, g->child);
    if (gang == vmm->waiting) {
        vmm->waiting = rest;
        return;
    }
    struct gang *before = gang_at(hw, g->prev);
    if (before->child == gang)
        before->child = g->next;
    else
        before->next = g->next;
    if (g->next)
        gang_at(hw, g->next)->prev = g->prev;
    vmm->waiting = join(hw, vmm->waiting, rest);
}
