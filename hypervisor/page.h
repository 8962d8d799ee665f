// The VMM's own memory: machine pages handed out and taken back.
//
//      memory_at                                                                           memory_at + memory_size
//      | struct vmm | marks, a word a page ... | VMs, shadow tables ..., fresh ---> never used yet |
//
// Pages in stock are all zero, so getting one is quick. A table has 1,024 words of which few are
// ever used; its mark remembers which 32nds of it, and only those are wiped when it comes back.
#ifndef HYPERVISOR_PAGE_H
#define HYPERVISOR_PAGE_H

#include "hypervisor/vm.h"

// Lays out the memory behind the struct vmm. False: there is not even room for the marks.
bool page_start(struct vmm *vmm, mpa memory_at, u32 memory_size);

// A zeroed page, or 0 when none is left.
mpa page_alloc(struct hw *hw, struct vmm *vmm);

// Word `index` of a page from page_alloc is about to be written. Pages that are to be freed need
// this for every word that may not be 0.
void page_mark(struct hw *hw, struct vmm *vmm, mpa page, u32 index);
// Which 32nds of it were marked: bit n stands for words 32n to 32n + 31.
u32 page_marked(struct hw *hw, const struct vmm *vmm, mpa page);

void page_free(struct hw *hw, struct vmm *vmm, mpa page);

#endif
