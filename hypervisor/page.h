// The VMM's own memory: machine pages that are handed out and taken back.
//
//   memory_at                                                        memory_at + memory_size
//   | struct vmm | marks, a word a page | VMs, shadow tables ... | fresh: never used yet |
//
// Every free page is all zero, so page_alloc is quick. Most pages hold tables of 1,024 words, of
// which few are ever used. The mark of a page remembers which of its 32 parts were written, and
// page_free clears only those parts.
#ifndef HYPERVISOR_PAGE_H
#define HYPERVISOR_PAGE_H

#include "hypervisor/turn.h"

// Lays out the memory behind the struct vmm. Returns false if there is not even room for the
// marks. `memory_at` and `memory_size` are those of struct vmm_config.
bool page_start(struct vmm *vmm, mpa memory_at, u32 memory_size);

// Returns a page of zeros, or 0 if no page is free.
mpa page_alloc(struct turn *t);

// Returns four such pages in a row, at a multiple of 16 KiB: the root of a second stage of
// translation. Returns 0 if there are none.
mpa page_alloc_four(struct turn *t);

// To be called before word `index` of a page from page_alloc is written. A page that will be
// freed needs this call for every word that may become other than 0.
void page_mark(struct turn *t, mpa page, u32 index);
// Returns which parts of the page were marked: bit n stands for words 32n to 32n + 31.
u32 page_marked(struct turn *t, mpa page);

// Takes a page back, and clears the parts that were marked.
void page_free(struct turn *t, mpa page);

#endif
