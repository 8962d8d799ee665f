// Free memory, in pages of 4 KiB. A page can have several owners (copy-on-write, shared program
// text): it is free again when the last one drops it. Kernel addresses of RAM are physical
// addresses, so a page's address is also its physical one.
#ifndef KITE_PAGE_H
#define KITE_PAGE_H

#include "isa/types.h"

#define PAGE_BYTES 4096u

struct reserved {
    u32 start, end;
};

// Pages from `start` to `end` are ours but for `reserved` (those of `count` that are not empty).
void page_init(u32 start, u32 end, const struct reserved *reserved, u32 count);

void *page_new(void);         // zeroed, with one owner; NULL: there is none left
void page_share(void *page);  // one owner more
void page_drop(void *page);   // one less
bool page_shared(void *page); // more than one owner?
u32 page_count(void);         // pages that have an owner

#endif
