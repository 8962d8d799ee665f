// The map of the whole address space for pane 6, in pieces of 4 MiB: what the guest's own table
// maps there, and what the shadow that the hart walks maps. Read ui/dashboard/pages.h first.
#include "ui/dashboard/pages.h"
#include "isa/board/board.h"

// Who is told of each page that a table maps.
struct mapper {
    struct page_tables *pages;
    bool guest; // the table is the guest's own, not the shadow
};

static void count_device(struct page_tables *p, const char *name)
{
    if (!p->here.device++)
        p->here.device_name = name;
    p->here.several_devices |= p->here.device_name != name;
}

// Counts the pages in the piece of 4 MiB around the chosen address.
static void count_pages(struct mapper *map, u64 physical, u32 bytes)
{
    struct page_tables *p = map->pages;
    if (!map->guest) {
        p->here.shadow += bytes / PAGE_SIZE;
        return;
    }
    for (u32 at = 0; at < bytes; at += PAGE_SIZE) {
        switch (pages_place(p->ram, physical + at, PAGE_SIZE)) {
        case PLACE_MEMORY:
            p->here.memory++;
            break;
        case PLACE_DEVICE:
            count_device(p, board_device_in((u32)(physical + at), PAGE_SIZE));
            break;
        case PLACE_EMPTY:
            p->here.empty++;
            break;
        }
    }
}

// The table maps so many bytes (a page, or a superpage) of this piece to this physical address.
static void note_pages(struct mapper *map, u32 slot, u64 physical, u32 bytes)
{
    struct page_tables *p = map->pages;
    bool device = !(physical >> 32) && board_device_in((u32)physical, bytes);
    if (!map->guest)
        p->slot[slot] |= SLOT_SHADOW;
    else
        p->slot[slot] |= device ? SLOT_DEVICE : SLOT_GUEST;
    if (slot == p->address / MEGAPAGE_SIZE)
        count_pages(map, physical, bytes);
}

static void note_entry(struct mapper *map, u32 slot, u32 entry, u32 level)
{
    u32 bytes = level ? MEGAPAGE_SIZE : PAGE_SIZE;
    if (!entry_is_bad(entry, level) && !sv32_is_pointer(entry))
        note_pages(map, slot, (u64)PTE_PPN(entry) << PAGE_SHIFT, bytes);
}

static void map_table(struct mapper *map, struct machine *m, const struct table_walk *w)
{
    u32 root[PAGES_SLOTS], table[PAGE_SIZE / 4];
    if (!pages_read(m, &w->path, (u64)SATP_PPN(w->satp) << PAGE_SHIFT, root, sizeof root))
        return;
    for (u32 slot = 0; slot < PAGES_SLOTS; slot++) {
        u64 below = (u64)PTE_PPN(root[slot]) << PAGE_SHIFT;
        note_entry(map, slot, root[slot], 1);
        if (!sv32_is_pointer(root[slot]) || !pages_read(m, &w->path, below, table, sizeof table))
            continue;
        for (u32 i = 0; i < PAGE_SIZE / 4; i++)
            note_entry(map, slot, table[i], 0);
    }
}

// Without paging each address means itself: the guest can use its memory and its devices.
static void map_memory(struct mapper *map)
{
    for (u32 slot = 0; slot < PAGES_SLOTS; slot++) {
        u32 address = slot * MEGAPAGE_SIZE;
        if (pages_place(map->pages->ram, address, MEGAPAGE_SIZE) == PLACE_EMPTY)
            continue;
        note_pages(map, slot, address, MEGAPAGE_SIZE);
    }
}

void pages_map(struct page_tables *p, struct machine *m)
{
    if (!p->known)
        return;
    const struct table_walk *guest = &p->walk[0], *last = &p->walk[p->walks - 1];
    struct mapper own = {p, true}, shadow = {p, false};
    if (guest->paging)
        map_table(&own, m, guest);
    else
        map_memory(&own);
    if (p->walks > 1 && last->known && last->paging)
        map_table(&shadow, m, last);
}
