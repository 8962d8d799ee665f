// The shared tree of page copies. Picture and contracts: sim/state/page_tree.h.
#include "sim/state/page_tree.h"

#include <stdlib.h>

struct page_node {
    u64 references;
    void *below[PAGE_FAN]; // struct page_node; in the lowest level struct page_copy
};

static u32 place_of(u32 page, u32 level)
{
    while (level--)
        page /= PAGE_FAN;
    return page % PAGE_FAN;
}

// Below a node of level 1 there are copies, and below all other nodes there are nodes. `level`
// is the level of the thing that is held or dropped, so a copy has level 0.

static void hold(void *below, u32 level)
{
    if (below && level)
        ((struct page_node *)below)->references++;
    else
        page_copy_hold(below);
}

static void drop(void *below, u32 level)
{
    struct page_node *node = below;
    if (!level)
        page_copy_drop(below);
    if (!node || !level || --node->references)
        return;
    for (u32 i = 0; i < PAGE_FAN; i++)
        drop(node->below[i], level - 1);
    free(node);
}

void page_tree_hold(struct page_node *root)
{
    hold(root, PAGE_LEVELS);
}

void page_tree_drop(struct page_node *root)
{
    drop(root, PAGE_LEVELS);
}

struct page_copy *page_tree_find(const struct page_node *root, u32 page)
{
    const struct page_node *node = root;
    for (u32 level = PAGE_LEVELS; node && level > 1; level--)
        node = node->below[place_of(page, level - 1)];
    return node ? node->below[place_of(page, 0)] : NULL;
}

// Makes *at a node that has no other owner. Returns NULL if there is no memory.
static struct page_node *own(void **at, u32 level)
{
    struct page_node *old = *at;
    if (old && old->references == 1)
        return old;
    struct page_node *node = calloc(1, sizeof *node);
    if (!node)
        return NULL;
    node->references = 1;
    // Another snapshot shares the old node, so it must not change. The new node shares all that
    // is below.
    for (u32 i = 0; old && i < PAGE_FAN; i++) {
        node->below[i] = old->below[i];
        hold(node->below[i], level - 1);
    }
    drop(old, level);
    *at = node;
    return node;
}

bool page_tree_put(struct page_node **root, u32 page, struct page_copy *copy)
{
    void *top = *root, **at = &top;
    for (u32 level = PAGE_LEVELS; level; level--) {
        struct page_node *node = own(at, level);
        *root = top;
        if (!node)
            return false;
        at = &node->below[place_of(page, level - 1)];
    }
    hold(copy, 0);
    drop(*at, 0);
    *at = copy;
    return true;
}

struct comparison {
    page_tree_visit *fn;
    void *context;
};

static void compare(const struct comparison *c, const void *a, const void *b, u32 level, u32 first)
{
    const struct page_node *x = a, *y = b;
    // Snapshots share what has not changed. So this test passes over most of the tree.
    if (a == b)
        return;
    if (!level) {
        c->fn(c->context, first, (struct page_copy *)a, (struct page_copy *)b);
        return;
    }
    for (u32 i = 0; i < PAGE_FAN; i++)
        compare(c, x ? x->below[i] : NULL, y ? y->below[i] : NULL, level - 1, first * PAGE_FAN + i);
}

void page_tree_compare(const struct page_node *a, const struct page_node *b, page_tree_visit *fn,
                       void *context)
{
    compare(&(struct comparison){fn, context}, a, b, PAGE_LEVELS, 0);
}

static void count_copy(void *context, u32 page, struct page_copy *a, struct page_copy *b)
{
    (void)page;
    *(size_t *)context += page_copy_bytes(b, a);
}

size_t page_tree_bytes(const struct page_node *root, const struct page_node *before)
{
    size_t bytes = 0;
    page_tree_compare(before, root, count_copy, &bytes);
    return bytes;
}
