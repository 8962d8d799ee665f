// Reading tables for pane 6. Everything that is read belongs to guests and their VMMs, so it may be
// anything. Read ui/dashboard/pages.h first.
#include "ui/dashboard/pages.h"
#include "isa/board/board.h"
#include "ui/dashboard/model.h"

bool pages_read(struct machine *m, const struct vm_path *path, u64 address, void *to, u32 bytes)
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
void pages_walk_stages(struct table_walk *w, struct machine *m, mpa root, u32 address)
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
        if (i >= w->entries || w->bad || is_leaf(w->entry[i]))
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
    for (u32 level = 2; level-- > 0;) {
        u32 index = address >> (PAGE_SHIFT + 10 * level) & 1023, entry;
        if (!pages_read(m, &w->path, table + 4 * index, &entry, 4))
            return;
        w->index[w->entries] = index;
        w->entry[w->entries++] = entry;
        w->bad = (u8)entry_is_bad(entry, level);
        if (w->bad)
            return;
        if (!sv32_is_pointer(entry)) {
            u32 inside = level ? MEGAPAGE_SIZE - 1 : PAGE_SIZE - 1;
            w->leaf = true;
            w->leaf_entry = entry;
            w->physical = ((u64)PTE_PPN(entry) << PAGE_SHIFT & ~(u64)inside) | (address & inside);
            return;
        }
        table = (u64)PTE_PPN(entry) << PAGE_SHIFT;
    }
}

struct table_walk pages_walk(struct machine *m, const struct vm_path *memory, u32 satp, u32 address)
{
    struct table_walk w = {
        .known = true, .path = *memory, .satp = satp, .paging = satp & SATP_MODE};
    if (w.paging)
        walk_table(&w, m, address);
    return w;
}

bool pages_table_is_lost(const struct table_walk *walk)
{
    return walk->known && walk->paging && !walk->leaf && !walk->bad;
}

static struct vm_path cut_path(const struct vm_path *path, unsigned level)
{
    struct vm_path cut = *path;
    for (unsigned i = level; i < EVENT_DEPTH; i++)
        cut.id[i] = 0;
    return cut;
}

// The walk in the table of the level `level`: that of the guest itself has the level of its path, 0
// is the table that the hart walks.
static struct table_walk walk_of_level(struct machine *m, const struct vcpu_model *v,
                                       unsigned level, u32 address)
{
    unsigned depth = vm_path_length(&v->path);
    struct vm_path path = cut_path(&v->path, level);
    if (level == depth)
        return pages_walk(m, &path, v->seen.state.satp, address);
    u32 satp = level ? v->above[level].state.satp : v->seen.real.satp;
    if (v->seen.on_hart)
        return pages_walk(m, &path, satp, address);
    return (struct table_walk){.path = path, .satp = satp, .paging = satp & SATP_MODE};
}

// The table of a level between the guest and the machine is the shadow that the VMM there keeps. A
// VMM that runs its guest in guest mode keeps none.
static bool keeps_no_shadow(struct machine *m, const struct vm_path *path, unsigned level)
{
    struct vm_path guest = cut_path(path, level + 1);
    struct observed_vm vm;
    return level && level < vm_path_length(path) && observe_vm(m, &guest, &vm) &&
           vm.technique == TECHNIQUE_ASSIST;
}

// A VMM in guest mode may itself deprivilege its guests, so all levels are asked.
bool pages_has_own_modes(struct machine *m, const struct vm_path *path)
{
    for (unsigned level = 1; level <= vm_path_length(path); level++) {
        struct vm_path vm_at = cut_path(path, level);
        struct observed_vm vm;
        if (!observe_vm(m, &vm_at, &vm) || !technique_has_guest_mode(vm.technique))
            return false;
    }
    return vm_path_length(path) > 0;
}

unsigned pages_hart_level(struct machine *m, const struct vm_path *path, bool two_stages)
{
    unsigned level = two_stages ? 1 : 0;
    while (level < vm_path_length(path) && keeps_no_shadow(m, path, level))
        level++;
    return level;
}

// ---- where they lead

enum page_place pages_place(u32 ram, u64 physical, u32 bytes)
{
    if (physical >> 32)
        return PLACE_EMPTY;
    if (board_device_in((u32)physical, bytes))
        return PLACE_DEVICE;
    return (u32)physical - BOARD_RAM < ram ? PLACE_MEMORY : PLACE_EMPTY;
}

bool pages_guest_maps(const struct page_tables *p)
{
    return !p->walk[0].paging || p->walk[0].leaf;
}

static bool find_machine_page(struct machine *m, const struct vm_path *path, u64 physical, mpa *at)
{
    *at = (mpa)physical & ~(PAGE_SIZE - 1);
    if (physical >> 32)
        return false;
    return !vm_path_length(path) || observe_locate_physical(m, path, *at, at);
}

// Where the guest's own table leads, and whether the table that the hart walks leads there, too.
static void find_place(struct page_tables *p, struct machine *m)
{
    const struct table_walk *guest = &p->walk[0], *last = &p->walk[p->walks - 1];
    mpa by_guest, by_hart;
    if (!pages_guest_maps(p))
        return;
    p->physical = guest->paging ? guest->physical : p->address;
    p->place = (u8)pages_place(p->ram, p->physical & ~(u64)(PAGE_SIZE - 1), PAGE_SIZE);
    p->other_place =
        p->walks > 1 && last->leaf && find_machine_page(m, &last->path, last->physical, &by_hart) &&
        (!find_machine_page(m, &guest->path, p->physical, &by_guest) || by_guest != by_hart);
}

void pages_gather(struct page_tables *p, struct machine *m, const struct vcpu_model *v, u32 address)
{
    *p = (struct page_tables){.known = v->known, .address = address};
    if (!v->known)
        return;
    struct observed_vm vm;
    unsigned depth = vm_path_length(&v->path);
    mpa second = v->seen.second_stage;
    p->view = sv32_view(v->seen.state.mode, v->seen.state.sstatus);
    p->adue = machine_config(m)->adue;
    if (observe_vm(m, &v->path, &vm))
        p->ram = vm.ram;
    // With two stages L0 has no shadow, and the hart walks the table above.
    for (unsigned level = depth + 1; level-- > (v->seen.two_stages ? 1 : 0);) {
        if (keeps_no_shadow(m, &v->path, level))
            p->merged = level == 1 && v->seen.two_stages;
        else
            p->walk[p->walks++] = walk_of_level(m, v, level, address);
    }
    p->walk[p->walks - 1].own_modes = p->walks == 1 || pages_has_own_modes(m, &v->path);
    if (second && p->walk[p->walks - 1].known)
        pages_walk_stages(&p->walk[p->walks - 1], m, second, address);
    find_place(p, m);
}
