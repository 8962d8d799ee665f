// The VMM's own memory: machine pages that are handed out and taken back.
//
//   memory_at                                                        memory_at + memory_size
//   | struct vmm | marks, a word a page | VMs, shadow tables ... | fresh: never used yet |
//
// Every page in stock is all zero, so page_alloc is quick. A table has 1,024 words, of which few
// are ever used. The mark of a page remembers which of its 32 parts were written, and page_free
// wipes those parts alone.
#ifndef HYPERVISOR_PAGE_H
#define HYPERVISOR_PAGE_H

#include "hypervisor/turn.h"

// Lays out the memory behind the struct vmm. Returns false if there is not even room for the marks.
bool page_start(struct vmm *vmm, mpa memory_at, u32 memory_size);

// A page of zeros, or 0 if none is left.
mpa page_alloc(struct turn *t);

// Four such pages in a row, at a multiple of 16 KiB, which stay for good: the root of a second
// stage of translation. Returns 0 if there are none.
mpa page_alloc_four(struct turn *t);

// Word `index` of a page from page_alloc is about to be written. A page that will be freed needs
// this for every word that may become other than 0.
void page_mark(struct turn *t, mpa page, u32 index);
// Which parts of it were marked: bit n stands for words 32n to 32n + 31.
u32 page_marked(struct turn *t, mpa page);

// Takes a page back, and wipes what was marked.
void page_free(struct turn *t, mpa page);

#endif
