// The copy of a page. Most programs write a few words of a page and come back to it later. So a
// copy is a base, which it shares with the copies before it, and the pieces that differ from the
// base. A program that writes one word of each page of its memory then makes small copies, however
// much memory that is. If more than a quarter of the pieces differ, the page gets a new base: it
// would otherwise take more memory than a whole copy once the copies before it are gone. A page
// that was all zero when it was first copied has no base.
//
//      base                . . . . . . . .      the whole page, or zeros
//                          |   |
//      a copy              |   #                one piece was written
//                          |   |
//      the copy after it   #   |                and then another one; both copies share the base
//
// Read next: sim/state/page_tree.h.
#ifndef SIM_STATE_PAGE_COPY_H
#define SIM_STATE_PAGE_COPY_H

#include "isa/arch/sv32.h"

#include <stddef.h>

struct page_copy;

// Copies PAGE_SIZE bytes. `before` is what the same page was in an earlier copy; NULL: none. The
// copy has no references yet. NULL: there is no memory.
struct page_copy *page_copy_new(const u8 *bytes, const struct page_copy *before);
// Everybody who keeps a copy counts as one reference. The last one who drops it frees it; a copy
// without references is freed, too.
void page_copy_hold(struct page_copy *copy);
void page_copy_drop(struct page_copy *copy);

// A page that has no copy (NULL) is all zero.

// Makes the first `count` bytes of the page what they were, 0 to PAGE_SIZE of them.
void page_copy_put(const struct page_copy *copy, u8 *bytes, size_t count);
// Are the first `count` bytes of the page what they were?
bool page_copy_is(const struct page_copy *copy, const u8 *bytes, size_t count);
// How many bytes of the host's memory the copy takes beyond what it shares with `before`, which may
// be NULL, as `copy` may.
size_t page_copy_bytes(const struct page_copy *copy, const struct page_copy *before);

#endif
