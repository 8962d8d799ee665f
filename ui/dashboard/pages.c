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

// ---- the second stage

static bool is_leaf(u32 entry)
{
    return (entry & PTE_V) && (entry & (PTE_R | PTE_W | PTE_X));
}

// The root has 4,096 entries, since a guest physical address has 34 bits.
static void walk_second(struct stage_walk *w, struct machine *m, mpa root, u64 gpa)
{
    u32 inside = MEGAPAGE_SIZE - 1;
    w->gpa = gpa;
    if (!machine_read(m, root + (u32)(gpa >> 22) * 4, &w->entry, 4))
        return;
    w->reads = 1;
    if ((w->entry & PTE_V) && !is_leaf(w->entry)) {
        mpa table = PTE_PPN(w->entry) << PAGE_SHIFT;
        inside = PAGE_SIZE - 1;
        if (!machine_read(m, table + ((u32)gpa >> PAGE_SHIFT & 1023) * 4, &w->entry, 4))
            return;
        w->reads = 2;
    }
    w->mapped = is_leaf(w->entry);
    w->at = (PTE_PPN(w->entry) << PAGE_SHIFT & ~inside) | ((u32)gpa & inside);
}

// The same walk again for each entry of the first stage, and for the page.
static void walk_stages(struct table_walk *w, struct machine *m, mpa root, u32 address)
{
    u64 table = (u64)SATP_PPN(w->satp) << PAGE_SHIFT;
    w->two_stages = true;
    if (!w->paging) {
        walk_second(&w->page, m, root, address);
        return;
    }
    for (u32 i = 0; i < 2; i++) {
        u32 index = address >> (PAGE_SHIFT + 10 * (1 - i)) & 1023;
        walk_second(&w->second[i], m, root, table + 4 * index);
        if (i >= w->entries || !(w->entry[i] & PTE_V) || is_leaf(w->entry[i]))
            break;
        table = (u64)PTE_PPN(w->entry[i]) << PAGE_SHIFT;
    }
    if (w->leaf)
        walk_second(&w->page, m, root, w->physical);
}

u32 pages_reads(const struct table_walk *w)
{
    return w->entries + w->second[0].reads + w->second[1].reads + w->page.reads;
}

// ---- the tables

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
        w.known = v->seen.on_hart;
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

// The table of a level between the guest and the machine is the shadow that the VMM there keeps. A
// VMM that runs its guest in guest mode keeps none.
static bool keeps_no_shadow(struct machine *m, const struct vcpu_model *v, unsigned level)
{
    struct vm_path guest = v->path;
    struct observed_vm vm;
    for (unsigned i = level + 1; i < EVENT_DEPTH; i++)
        guest.id[i] = 0;
    return level && level < vm_path_length(&v->path) && observe_vm(m, &guest, &vm) &&
           vm.technique == TECHNIQUE_ASSIST;
}

void pages_gather(struct page_tables *p, struct machine *m, const struct vcpu_model *v, u32 address)
{
    *p = (struct page_tables){.known = v->known, .address = address};
    if (!v->known)
        return;
    unsigned depth = vm_path_length(&v->path);
    mpa second = v->seen.second_stage;
    // With two stages L0 has no shadow, and the hart walks the table above.
    for (unsigned level = depth + 1; level-- > (v->seen.two_stages ? 1 : 0);) {
        if (keeps_no_shadow(m, v, level)) {
            p->merged = level == 1 && v->seen.two_stages;
            continue;
        }
        struct table_walk *w = &p->walk[p->walks++];
        *w = table_of(v, level);
        if (w->known && w->paging)
            walk_table(w, m, address);
    }
    if (second && p->walk[p->walks - 1].known)
        walk_stages(&p->walk[p->walks - 1], m, second, address);
    map_slots(p, m, &p->walk[0], SLOT_GUEST);
    if (p->walks > 1)
        map_slots(p, m, &p->walk[p->walks - 1], SLOT_SHADOW);
}
