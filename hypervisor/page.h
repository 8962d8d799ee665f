// The VMM's own memory: machine pages handed out and taken back, and the way from a machine address to the bytes there.
#ifndef HYPERVISOR_PAGE_H
#define HYPERVISOR_PAGE_H

#include "hypervisor/vm.h"

// A zeroed page, or 0 when none is left.
mpa page_alloc(struct hw *hw, struct vmm *vmm);
void page_free(struct hw *hw, struct vmm *vmm, mpa page);

// The bytes at a machine address, up to the end of its page. Good until the next hw_run.
void *page_at(struct hw *hw, mpa address);

#endif
