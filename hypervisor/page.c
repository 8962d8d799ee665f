// A page allocator: fresh pages from the front of the VMM's memory, freed ones from a list threaded
// through them. Read next: hypervisor/shadow.c, which uses up most of them.
#include "hypervisor/page.h"

bool page_start(struct vmm *vmm, mpa memory_at, u32 memory_size)
{
    u32 marks = (memory_size >> PAGE_SHIFT) * 4;
    vmm->memory = memory_at;
    vmm->marks = memory_at + PAGE_SIZE;
    vmm->fresh = vmm->marks + ((marks + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1));
    vmm->end = memory_at + memory_size;
    return vmm->fresh <= vmm->end;
}

static u32 *mark_of(struct hw *hw, const struct vmm *vmm, mpa page)
{
    return hw_page(hw, vmm->marks + ((page - vmm->memory) >> PAGE_SHIFT) * 4);
}

mpa page_alloc(struct hw *hw, struct vmm *vmm)
{
    mpa page = vmm->free;
    if (page) {
        u32 *link = hw_page(hw, page);
        vmm->free = *link;
        *link = 0;
    } else if (vmm->fresh != vmm->end) {
        page = vmm->fresh;
        vmm->fresh += PAGE_SIZE;
    }
    return page;
}

void page_mark(struct hw *hw, struct vmm *vmm, mpa page, u32 index)
{
    *mark_of(hw, vmm, page) |= 1u << (index >> 5);
}

u32 page_marked(struct hw *hw, const struct vmm *vmm, mpa page)
{
    return *mark_of(hw, vmm, page);
}

void page_free(struct hw *hw, struct vmm *vmm, mpa page)
{
    u32 *mark = mark_of(hw, vmm, page);
    u32 *words = hw_page(hw, page);
    for (u32 parts = *mark, *part = words; parts; parts >>= 1, part += 32)
        for (u32 i = 0; (parts & 1) && i < 32; i++)
            part[i] = 0;
    *mark = 0;
    words[0] = vmm->free;
    vmm->free = page;
}
