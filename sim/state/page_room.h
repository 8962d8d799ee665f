// Room for the pages that snapshots keep. The host takes longer to find memory for a page of 4 KiB
// than the copy itself takes. So a page that is given back stays in the room, and is the next one
// that is taken.
//
//      room --> block of 16 pages    block of 32    ...    block of 512    block of 512
//       |
//       +-----> free page --> free page --> free page
//
// The blocks stay until nobody holds the room any more. So a room takes as much memory as there
// ever were pages in it at once, and the budget of a past bounds that (scenarios/script/past.h).
// Read next: sim/state/page_tree.h.
#ifndef SIM_STATE_PAGE_ROOM_H
#define SIM_STATE_PAGE_ROOM_H

#include "isa/arch/sv32.h"

struct page_room;

struct page_room *page_room_new(void); // with one reference; NULL: there is no memory
// Everybody who may still take a page counts as one reference, and so does each page. NULL is
// allowed.
struct page_room *page_room_hold(struct page_room *room);
void page_room_drop(struct page_room *room);

// A page of PAGE_SIZE bytes, aligned, with any contents. NULL: there is no memory.
u8 *page_room_take(struct page_room *room);
void page_room_give(struct page_room *room, u8 *page);

#endif
