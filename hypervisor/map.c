// How a memory map is made. Contracts and the format are in hypervisor/map.h.
// Read next: hypervisor/technique.h.
#include "hypervisor/map.h"
#include "hypervisor/page.h"

// RAM: the guest may do everything there. The second stage asks for U in every entry, and its
// hardware must not fault for the entry's own A and D.
#define RAM_ENTRY (PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D)

static u32 *entry_to_write(struct turn *t, mpa table, u32 index)
{
    return (u32 *)hw_page(t->hw, table) + index;
}

// The entry that maps one page of 4 KiB. Returns NULL if there is no memory for its table.
static u32 *small_entry(struct turn *t, gpa address)
{
    u32 *top = entry_to_write(t, t->vm->map, address >> 22);
    if (!*top) {
        mpa table = page_alloc(t);
        if (!table)
            return NULL;
        *top = PTE_MAKE(table, PTE_V);
    }
    return entry_to_write(t, PTE_PPN(*top) << PAGE_SHIFT, address >> PAGE_SHIFT & 0x3ff);
}

bool map_ram(struct turn *t, gpa from, mpa to, u32 bytes)
{
    for (u32 done = 0, step; done < bytes; done += step) {
        gpa address = from + done;
        mpa target = to + done;
        // One entry serves 4 MiB if both sides begin at a multiple of 4 MiB, and all of it is RAM.
        bool super = !((address | target) % MEGAPAGE_SIZE) && bytes - done >= MEGAPAGE_SIZE;
        u32 *entry = super ? entry_to_write(t, t->vm->map, address >> 22) : small_entry(t, address);
        if (!entry)
            return false;
        *entry = PTE_MAKE(target, RAM_ENTRY);
        step = super ? MEGAPAGE_SIZE : PAGE_SIZE;
    }
    return true;
}
