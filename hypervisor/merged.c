// Merged tables. Picture and contracts: hypervisor/merged.h.
//
// Their memory has a limit. A VM has at most MERGED_SPACES roots and MERGED_TABLES tables below
// them, however many its guest asks for. If that is not enough, all tables of the VM are
// emptied.
// Read next: hypervisor/shadow_inner.h.
#include "hypervisor/merged.h"
#include "hypervisor/assist.h"
#include "hypervisor/shadow_room.h"

#define ROOT_PAGES 4u // Sv32x4: 12 bits of address in the root
#define MERGED_TABLES 64u

static struct merged *merged_of(struct turn *t, const struct vm *vm)
{
    return vm->merged_at ? hw_page(t->hw, vm->merged_at) : NULL;
}

static u32 *entry_at(struct turn *t, mpa root, u64 gpa)
{
    return hw_page(t->hw, root + (u32)(gpa >> 22) * 4);
}

// ---- emptying

// Clears the marked parts of a page, because only these can hold entries. Each table that an
// entry points to is freed. Returns how many tables were freed.
static u32 empty_page(struct turn *t, mpa page)
{
    u32 tables = 0;
    u32 *part = hw_page(t->hw, page);
    for (u32 marked = page_marked(t, page); marked; marked >>= 1, part += 32)
        for (u32 i = 0; (marked & 1) && i < 32; i++) {
            if (spte_is_table(part[i])) {
                page_free(t, spte_page(part[i]));
                tables++;
            }
            part[i] = 0;
        }
    return tables;
}

static void forget_remembered(struct turn *t)
{
    hw_flush_guest(t->hw, VMID_OF_MERGED, NULL, NULL);
}

static void empty_space(struct turn *t, struct merged *m, const struct merged_space *space)
{
    for (u32 i = 0; i < ROOT_PAGES; i++)
        m->tables -= empty_page(t, space->root + i * PAGE_SIZE);
}

static void empty_all(struct turn *t, struct merged *m)
{
    for (u32 i = 0; i < MERGED_SPACES; i++)
        if (m->spaces[i].root)
            empty_space(t, m, &m->spaces[i]);
    forget_remembered(t);
}

void merged_forget(struct turn *t, const u32 *vmid)
{
    struct merged *m = merged_of(t, t->vm);
    bool found = false;
    for (u32 i = 0; m && i < MERGED_SPACES; i++) {
        struct merged_space *space = &m->spaces[i];
        if (space->root && (!vmid || HGATP_VMID(space->hgatp) == *vmid)) {
            empty_space(t, m, space);
            found = true;
        }
    }
    // While a guest's hgatp is 0 (the mode Bare), the hart has translations without a merged
    // table.
    if (found || !vmid || HGATP_VMID(t->v->h.hgatp) == *vmid)
        forget_remembered(t);
}

void merged_fence(struct turn *t, const gva *address, const u32 *asid)
{
    hw_flush_guest(t->hw, VMID_OF_MERGED, address, asid);
}

void merged_free(struct turn *t, struct vm *vm)
{
    struct merged *m = merged_of(t, vm);
    if (!m)
        return;
    empty_all(t, m);
    if (vm->life == LIFE_ON)
        return;
    for (u32 i = 0; i < MERGED_SPACES; i++)
        for (u32 page = 0; m->spaces[i].root && page < ROOT_PAGES; page++)
            page_free(t, m->spaces[i].root + page * PAGE_SIZE);
    page_free(t, vm->merged_at);
    vm->merged_at = 0;
}

// ---- choosing a table

static mpa take_page(struct turn *t)
{
    mpa page = page_alloc(t);
    return page ? page : shadow_page_of_others(t);
}

static struct merged *begin(struct turn *t)
{
    struct merged *m = merged_of(t, t->vm);
    if (m)
        return m;
    mpa page = take_page(t);
    if (!page)
        return NULL;
    for (u32 word = 0; word < sizeof *m / 4; word++)
        page_mark(t, page, word);
    t->vm->merged_at = page;
    return merged_of(t, t->vm);
}

static struct merged_space *find(struct merged *m, u32 hgatp)
{
    for (u32 i = 0; i < MERGED_SPACES; i++)
        if (m->spaces[i].root && m->spaces[i].hgatp == hgatp)
            return &m->spaces[i];
    return NULL;
}

// A space that has no root yet gets one if there is memory for it. Otherwise the space that was
// chosen longest ago loses its entries. Returns NULL if no space has a root.
static struct merged_space *find_room(struct turn *t, struct merged *m)
{
    struct merged_space *oldest = NULL;
    for (u32 i = 0; i < MERGED_SPACES; i++) {
        struct merged_space *space = &m->spaces[i];
        if (!space->root)
            space->root = page_alloc_four(t);
        if (space->root && !space->used)
            return space;
        if (space->root && (!oldest || space->used < oldest->used))
            oldest = space;
    }
    if (oldest) {
        empty_space(t, m, oldest);
        forget_remembered(t);
    }
    return oldest;
}

// Returns the root for the guest's hgatp: a merged table, or the memory map itself if the
// guest's second stage is off. Returns 0 if there is no memory.
static mpa find_root(struct turn *t)
{
    u32 hgatp = t->v->h.hgatp;
    if (!(hgatp & SATP_MODE))
        return t->vm->map;
    struct merged *m = begin(t);
    if (!m)
        return 0;
    struct merged_space *space = find(m, hgatp);
    if (!space)
        space = find_room(t, m);
    if (!space)
        return 0;
    space->hgatp = hgatp;
    // A VCPU that goes on after a pause chooses the space that it has already. A pause must
    // leave no trace, so the stamp stays.
    if (!space->used || space->used != m->stamp)
        space->used = ++m->stamp;
    return space->root;
}

u32 merged_hgatp(struct turn *t)
{
    struct inner_choice *last = &t->slot->inner;
    mpa root = find_root(t);
    if (!root)
        return 0;
    // On the bare machine each hart has a TLB of its own. So the VCPU must not see what another
    // VCPU left in this hart's TLB, nor what it left here itself before it ran on another hart.
    struct inner_choice now = {root, vcpu_address(t->vm, t->vcpu)};
    if (last->root != now.root || last->vcpu != now.vcpu || t->v->inner_on != 1 + hw_hart(t->hw))
        forget_remembered(t);
    t->v->inner_on = 1 + hw_hart(t->hw);
    *last = now;
    return HGATP_MAKE(VMID_OF_MERGED, root);
}

// ---- filling

static void set_entry(struct turn *t, mpa page, u32 index, u32 value)
{
    u32 *entry = (u32 *)hw_page(t->hw, page) + index;
    u32 old = *entry;
    page_mark(t, page, index);
    *entry = value;
    // An entry that only grants more than before needs no fence (hypervisor/shadow.c).
    if ((old & PTE_V) && (PTE_PPN(old) != PTE_PPN(value) || (old & ~value)))
        forget_remembered(t);
}

// Returns the table for the small entries around `gpa`, or 0 if there is no memory for it.
static mpa table_for(struct turn *t, struct merged *m, mpa root, u64 gpa)
{
    u32 *top = entry_at(t, root, gpa);
    if (spte_is_table(*top))
        return spte_page(*top);
    if (m->tables == MERGED_TABLES)
        empty_all(t, m);
    mpa table = take_page(t);
    if (!table && m->tables) {
        empty_all(t, m);
        table = take_page(t);
    }
    if (!table)
        return 0;
    m->tables++;
    set_entry(t, root + (u32)(gpa >> 32) * PAGE_SIZE, (u32)(gpa >> 22) & 0x3ff,
              PTE_MAKE(table, PTE_V));
    return table;
}

// Puts one entry of 4 MiB in place of the present entry.
static void fill_large(struct turn *t, struct merged *m, mpa root, u64 gpa, u32 entry)
{
    u32 *top = entry_at(t, root, gpa);
    if (spte_is_table(*top)) {
        page_free(t, spte_page(*top));
        m->tables--;
    }
    set_entry(t, root + (u32)(gpa >> 32) * PAGE_SIZE, (u32)(gpa >> 22) & 0x3ff, entry);
}

bool merged_fill(struct turn *t, u64 gpa, const struct h_walk *walk, const struct mapping *ram)
{
    struct merged *m = merged_of(t, t->vm);
    struct merged_space *space = m ? find(m, t->v->h.hgatp) : NULL;
    if (!space)
        return false;
    // The entry grants what both stages grant. A and D are set, because the hart must not fault
    // for them: while the guest's entry has D = 0, walk->rights has no write.
    u32 flags = PTE_V | PTE_U | PTE_A | PTE_D | (walk->rights & ram->rights);
    if (walk->large && ram->super) {
        mpa piece = ram->at & ~(MEGAPAGE_SIZE - 1);
        fill_large(t, m, space->root, gpa, PTE_MAKE(piece, flags));
        return true;
    }
    mpa table = table_for(t, m, space->root, gpa);
    if (table)
        set_entry(t, table, (u32)(gpa >> PAGE_SHIFT) & 0x3ff,
                  PTE_MAKE(ram->at & ~(PAGE_SIZE - 1), flags));
    return table != 0;
}
