// A page allocator in fifteen lines: fresh pages from the front of the VMM's memory, freed ones from a list threaded through them.
// Read next: hypervisor/shadow.c, which uses up most of them.
#include "hypervisor/page.h"

void *page_at(struct hw *hw, mpa address)
{
    return (u8 *)hw_page(hw, address & ~(PAGE_SIZE - 1)) + (address & (PAGE_SIZE - 1));
}

mpa page_alloc(struct hw *hw, struct vmm *vmm)
{
    mpa page = vmm->free;
    if (page) {
        vmm->free = *(u32 *)page_at(hw, page);
    } else {
        if (vmm->fresh == vmm->end)
            return 0;
        page = vmm->fresh;
        vmm->fresh += PAGE_SIZE;
    }
    u32 *words = page_at(hw, page);
    for (u32 i = 0; i < PAGE_SIZE / 4; i++)
        words[i] = 0;
    return page;
}

void page_free(struct hw *hw, struct vmm *vmm, mpa page)
{
    *(u32 *)page_at(hw, page) = vmm->free;
    vmm->free = page;
}
