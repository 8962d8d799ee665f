// Copies of pages by their number, as a tree that snapshots share. If a snapshot shares the
// tree, putting in another copy makes new nodes only on the way down to that copy. So a snapshot
// costs one reference at first. What it costs later depends on the pages that change, and not on
// how many pages there are.
//
//     snapshot --> node                         node <-- another snapshot
//                  |  \                         |
//                  |   +-----> node <-----------+        A node has room for PAGE_FAN below it.
//                node            |  \                    The lowest nodes hold the copies (*).
//                                *   *
// Read next: sim/state/tape.h.
#ifndef SIM_STATE_PAGE_TREE_H
#define SIM_STATE_PAGE_TREE_H

#include "sim/state/page_copy.h"

#define PAGE_FAN 128u
#define PAGE_LEVELS 3u // PAGE_FAN to this power is more pages than any machine has

struct page_node;

// An empty tree is NULL. Each owner of a root counts as one reference.
void page_tree_hold(struct page_node *root);
void page_tree_drop(struct page_node *root);

struct page_copy *page_tree_find(const struct page_node *root, u32 page); // NULL: none

// Puts a copy, which has no references yet, in the place of the present one. NULL takes the
// present copy out. Returns false if there is no memory: nothing has changed then, and the
// caller still owns the copy.
bool page_tree_put(struct page_node **root, u32 page, struct page_copy *copy);

// Calls fn for each page whose copy differs between the two, with the copy in `a` and that in `b`.
typedef void page_tree_visit(void *context, u32 page, struct page_copy *a, struct page_copy *b);
void page_tree_compare(const struct page_node *a, const struct page_node *b, page_tree_visit *fn,
                       void *context);

// Returns how many bytes of the host's memory the copies need beyond those that they share with
// `before`, which may be NULL.
size_t page_tree_bytes(const struct page_node *root, const struct page_node *before);

#endif
