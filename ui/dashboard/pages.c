// Reading tables for pane 6. Everything that is read belongs to guests and their VMMs, so it may be
// anything. Read ui/dashboard/pages.h first.
#include "ui/dashboard/pages.h"
#include "ui/dashboard/model.h"

static bool read_memory(struct machine *m, const struct vm_path *path, u64 address, void *to,
                        u32 bytes)
{
    if (address >> 32)
        return false;
    if (vm_path_length(path))
        return observe_read(m, path, (gpa)address, to, bytes);
    return machine_read(m, (u32)address, to, bytes);
}

// A walk as the hardware does it, but it asks for no right, and goes on where a right is missing:
// the pane shows what is there.
static void walk_table(struct table_walk *w, struct machine *m, u32 address)
{
    u64 table = (u64)SATP_PPN(w->satp) << PAGE_SHIFT;
    for (int level = 1; level >= 0; level--) {
        u32 index = address >> (PAGE_SHIFT + 10 * level) & 1023, entry;
        if (!read_memory(m, &w->path, table + 4 * index, &entry, 4))
            return;
        w->index[w->entries] = index;
        w->entry[w->entries++] = entry;
        if (!(entry & PTE_V))
            return;
        if (entry & (PTE_R | PTE_W | PTE_X)) {
            u32 inside = level ? MEGAPAGE_SIZE - 1 : PAGE_SIZE - 1;
            w->leaf = true;
            w->leaf_entry = entry;
            w->physical = ((u64)PTE_PPN(entry) << PAGE_SHIFT & ~(u64)inside) | (address & inside);
            return;
        }
        table = (u64)PTE_PPN(entry) << PAGE_SHIFT;
    }
}

// The table of the level `level`: that of the guest itself has the level of its path, 0 is the
// table that the hart walks.
static struct table_walk table_of(const struct vcpu_model *v, unsigned level)
{
    unsigned depth = vm_path_length(&v->path);
    struct table_walk w = {.known = true, .path = v->path};
    for (unsigned i = level; i < EVENT_DEPTH; i++)
        w.path.id[i] = 0;
    if (level == depth) {
        w.satp = v->seen.state.satp;
    } else {
        w.known = v->seen.on_hart && (level || !v->seen.guest_mode);
        w.satp = level ? v->above[level].state.satp : v->seen.real.satp;
    }
    w.paging = w.satp & SATP_MODE;
    return w;
}

// Marks the slots in which the table has something.
static void map_slots(struct page_tables *p, struct machine *m, const struct table_walk *w, u8 mark)
{
    static const u32 none[PAGES_SLOTS];
    u32 root[PAGES_SLOTS];
    const u32 *entries = root;
    if (!w->known || !w->paging ||
        !read_memory(m, &w->path, (u64)SATP_PPN(w->satp) << PAGE_SHIFT, root, sizeof root))
        entries = none;
    for (u32 i = 0; i < PAGES_SLOTS; i++)
        if (entries[i] & PTE_V)
            p->slot[i] |= mark;
}

void pages_gather(struct page_tables *p, struct machine *m, const struct vcpu_model *v, u32 address)
{
    *p = (struct page_tables){.known = v->known, .address = address};
    if (!v->known)
        return;
    unsigned depth = vm_path_length(&v->path);
    for (unsigned level = depth + 1; level-- > 0;) {
        struct table_walk *w = &p->walk[p->walks++];
        *w = table_of(v, level);
        if (w->known && w->paging)
            walk_table(w, m, address);
    }
    map_slots(p, m, &p->walk[0], SLOT_GUEST);
    if (depth)
        map_slots(p, m, &p->walk[p->walks - 1], SLOT_SHADOW);
}
