// Free memory, in pages of 4 KiB. A page can have several owners (copy-on-write, shared program
// text), and it is free again when the last one drops it. The kernel sees RAM at its physical
// addresses, so the address of a page is also its physical address.
// Read next: scenarios/guests/kite/kernel/page.c.
#ifndef KITE_PAGE_H
#define KITE_PAGE_H

#include "isa/types.h"

#define PAGE_BYTES 4096u

struct reserved {
    u32 start, end;
};

// Sets which pages are free: those from `start` to `end` without the `count` ranges in
// `reserved`, of which some may be empty.
void page_init(u32 start, u32 end, const struct reserved *reserved, u32 count);

void *page_new(void);         // zeroed, with one owner; NULL: no page is left
void page_share(void *page);  // adds an owner
void page_drop(void *page);   // takes an owner away
bool page_shared(void *page); // has it more than one owner?
u32 page_count(void);         // pages that have an owner

#endif
