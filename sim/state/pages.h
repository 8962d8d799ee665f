// Memory that snapshots can share: the bytes of RAM and of disks, in pages of 4 KiB. A page
// needs host memory only after it is written. A snapshot copies a page only if the page was
// written since the last snapshot; otherwise the snapshots share one copy. A new copy shares
// with the copy before it the pieces that were not written (sim/state/page_copy.h). So the cost
// of a snapshot depends on what was written since the last one, and the cost of going back
// depends on what differs. Neither depends on the size of the memory.
//
//     bytes   |page 0|page 1|page 2|page 3| ...   stable for life, zero until written
//     flags   |      |USED  |USED  |      |       DIRTY: the page may differ from its copy
//                             DIRTY
//     dirty   | 2 | ...                           the numbers of the dirty pages
//     copies  0: none, 1: *, 2: *, 3: none        the pages at the last snapshot or restore, as a
//                                                 tree that snapshots share (sim/state/page_tree.h)
// Read next: sim/state/page_copy.h.
#ifndef SIM_STATE_PAGES_H
#define SIM_STATE_PAGES_H

#include "sim/state/page_tree.h"

#include <stddef.h>

enum page_flag {
    PAGE_USED = 1,     // it was written since it was new
    PAGE_DIRTY = 2,    // it was written since its copy was made, and is in the list `dirty`
    PAGE_CODE = 4,     // an engine keeps something decoded from it, and is told of writes
    PAGE_QUICK = 8,    // an engine may write to it unseen: some TLB entry is without TLB_SLOW
    PAGE_SHED = 16,    // an engine gave up what it had decoded from it, to make room
    PAGE_WATCHED = 32, // somebody watches bytes of it (sim/watch.h), so no access to it is quick
    PAGE_WATCHED_READS = 64, // and reads of them, too
    PAGE_WATCHED_CODE = 128, // somebody watches whether mode K executes its bytes
};

struct pages {
    u8 *bytes;
    u32 count;
    u8 *flags; // enum page_flag, or-ed
    u32 *dirty, dirty_count;
    struct page_node *copies;
    struct page_room *room; // of the copies; NULL: there was no snapshot yet
};

// What a snapshot keeps: copies of the used pages.
struct saved_pages {
    struct page_node *copies;
};

// Makes memory of `count` pages, which may be 0. Returns false if the host has no memory; *p is
// then empty, as after pages_free.
bool pages_new(struct pages *p, u32 count);
void pages_free(struct pages *p);

static inline bool pages_used(const struct pages *p, u32 page)
{
    return p->flags[page] & PAGE_USED;
}

// To be called before, or right after, the bytes of a page change.
static inline void pages_mark(struct pages *p, u32 page)
{
    if (!(p->flags[page] & PAGE_DIRTY))
        p->dirty[p->dirty_count++] = page;
    p->flags[page] |= PAGE_USED | PAGE_DIRTY;
}

// Saves every used page. Returns false if there is no memory; *s then keeps nothing. (The pages
// that were copied before stay clean.)
bool pages_save(struct pages *p, struct saved_pages *s);
void pages_drop(struct saved_pages *s);
// Returns how many bytes it needs beyond those that it shares with `before`; if `before` is
// NULL, how many it needs in all.
size_t saved_pages_bytes(const struct saved_pages *s, const struct saved_pages *before);

// Makes all pages zero and unused, and gives their memory back to the host.
void pages_clear(struct pages *p);

// Makes the pages what they were. `changed` (it may be NULL) is called for each page with
// PAGE_CODE whose bytes were replaced.
void pages_restore(struct pages *p, const struct saved_pages *s,
                   void (*changed)(void *context, u32 page), void *context);

#endif
