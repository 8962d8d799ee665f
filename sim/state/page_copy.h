// The copy of a page. Most programs write a few words of a page and come back to it later. So a
// copy consists of a base, which it shares with the copies before it, and of the pieces that
// differ from the base. A program that writes one word of each page of its memory then makes
// small copies, however much memory that is. If more than a quarter of the pieces differ, the
// page gets a new base. Otherwise it would need more memory than a whole copy, once the copies
// before it are gone. A page that was all zero when it was first copied has no base.
//
//      base                . . . . . . . .      the whole page, or zeros
//                          |   |
//      a copy              |   #                one piece was written
//                          |   |
//      the copy after it   #   |                and then another one; both copies share the base
// Read next: sim/state/page_room.h.
#ifndef SIM_STATE_PAGE_COPY_H
#define SIM_STATE_PAGE_COPY_H

#include "sim/state/page_room.h"

#include <stddef.h>

struct page_copy;

// Copies PAGE_SIZE bytes. `before` is an earlier copy of the same page; NULL: there is none. A
// whole page goes into the room. The new copy has no references yet. Returns NULL if there is no
// memory.
struct page_copy *page_copy_new(const u8 *bytes, const struct page_copy *before,
                                struct page_room *room);
// Each owner of a copy counts as one reference. page_copy_drop frees the copy when its last
// reference goes; it also frees a copy without references.
void page_copy_hold(struct page_copy *copy);
void page_copy_drop(struct page_copy *copy);

// A page that has no copy (NULL) is all zero.

// Writes the first `count` bytes of the copy back to the page. `count` is 0 to PAGE_SIZE.
void page_copy_put(const struct page_copy *copy, u8 *bytes, size_t count);
// Returns true if the first `count` bytes of the page are the same as in the copy.
bool page_copy_is(const struct page_copy *copy, const u8 *bytes, size_t count);
// Returns how many bytes of the host's memory the copy needs beyond those that it shares with
// `before`. Both may be NULL.
size_t page_copy_bytes(const struct page_copy *copy, const struct page_copy *before);

#endif
