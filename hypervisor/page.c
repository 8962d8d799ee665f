// The page allocator. Pages that were never used come from the front of the VMM's memory. Freed
// pages come from a list that is linked through their first words.
// Read next: hypervisor/gang.c.
#include "hypervisor/page.h"

// The marks take one word for each page of the memory, and stand behind the struct vmm.
bool page_start(struct vmm *vmm, mpa memory_at, u32 memory_size)
{
    // A mark is a word: one bit for each of the 32 parts of a page.
    u32 marks = (memory_size >> PAGE_SHIFT) * 4;
    vmm->memory = memory_at;
    vmm->marks = memory_at + PAGE_SIZE;
    vmm->fresh = vmm->marks + ((marks + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1));
    vmm->end = memory_at + memory_size;
    return vmm->fresh <= vmm->end;
}

static u32 *mark_of(struct turn *t, mpa page)
{
    return hw_page(t->hw, t->vmm->marks + ((page - t->vmm->memory) >> PAGE_SHIFT) * 4);
}

mpa page_alloc(struct turn *t)
{
    mpa page = t->vmm->free;
    if (page) {
        u32 *link = hw_page(t->hw, page);
        t->vmm->free = *link;
        // A page from the list is zero but for its first word, which was the link.
        *link = 0;
    } else if (t->vmm->fresh != t->vmm->end) {
        page = t->vmm->fresh;
        t->vmm->fresh += PAGE_SIZE;
    }
    return page;
}

mpa page_alloc_four(struct turn *t)
{
    struct vmm *vmm = t->vmm;
    u32 four = 4 * PAGE_SIZE;
    mpa at = (vmm->fresh + four - 1) & ~(four - 1);
    if (at < vmm->fresh || at > vmm->end || vmm->end - at < four)
        return 0;
    // The pages before the aligned address can still be given out one by one.
    for (mpa page = vmm->fresh; page != at; page += PAGE_SIZE)
        page_free(t, page);
    vmm->fresh = at + four;
    return at;
}

void page_mark(struct turn *t, mpa page, u32 index)
{
    u32 number = (page - t->vmm->memory) >> PAGE_SHIFT;
    u32 *mark = hw_page(t->hw, t->vmm->marks + number * 4);
    *mark |= 1u << (index >> 5);
}

u32 page_marked(struct turn *t, mpa page)
{
    return *mark_of(t, page);
}

void page_free(struct turn *t, mpa page)
{
    u32 *mark = mark_of(t, page);
    u32 *words = hw_page(t->hw, page);
    u32 *part = words;
    for (u32 marked = *mark; marked; marked >>= 1) {
        if (marked & 1)
            for (u32 i = 0; i < 32; i++)
                part[i] = 0;
        part += 32;
    }
    *mark = 0;
    // The first word of a free page is the link of the list.
    words[0] = t->vmm->free;
    t->vmm->free = page;
}
