// Memory that snapshots can share: the bytes of RAM and of disks, in pages of 4 KiB. A page costs
// host memory once it is written, and a snapshot copies it only if it was written since the last
// one: until then all snapshots refer to one copy. To take one costs what was written since the
// last, and to go back what differs, however large the memory is.
//
//     bytes   |page 0|page 1|page 2|page 3| ...      stable for life, zero until written
//     flags   |      |USED  |USED  |      |          per page; DIRTY: differs, perhaps, from its copy
//                             DIRTY
//     dirty   | 2 | ...                              which they are
//     copies  0: none, 1: *, 2: *, 3: none           what the pages were at the last snapshot or restore, as a tree
//                                                    which the snapshots have parts of (sim/state/page_tree.h)
#ifndef SIM_STATE_PAGES_H
#define SIM_STATE_PAGES_H

#include "sim/state/page_tree.h"

enum page_flag {
    PAGE_USED = 1,  // was written since it was new
    PAGE_DIRTY = 2, // was written since its copy was made; in the list of those
    PAGE_CODE = 4,  // an engine keeps something decoded from it, and is told of writes
    PAGE_QUICK = 8, // an engine writes to it without looking at these flags: some TLB entry is
                    // without TLB_SLOW
    PAGE_SHED = 16, // an engine gave up what it kept decoded from it, to make room
};

struct pages {
    u8 *bytes;
    u32 count;
    u8 *flags; // enum page_flag, or-ed
    u32 *dirty, dirty_count;
    struct page_node *copies;
};

// What a snapshot keeps: copies of the used pages.
struct saved_pages {
    struct page_node *copies;
};

// False: no memory; *p is then empty, as if freed. count 0 is allowed.
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

// Saves every used page. False: no memory, and nothing is kept in *s (pages copied so
// far stay clean).
bool pages_save(struct pages *p, struct saved_pages *s);
void pages_drop(struct saved_pages *s);

// Makes the pages what they were. `changed` (may be NULL) is told of each page with PAGE_CODE whose
// bytes were replaced.
void pages_restore(struct pages *p, const struct saved_pages *s,
                   void (*changed)(void *context, u32 page), void *context);

#endif
