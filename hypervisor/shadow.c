// Shadow page tables, made lazily and thrown away freely. Guest-side entries are gpte here,
// shadow-side ones spte.
//
// Superpages stay superpages where the guest's 4 MiB are all RAM, and one such piece of the
// machine's; elsewhere (the end of RAM, devices inside, a guest that does not begin at a multiple
// of 4 MiB) they are split into a table of small entries, and the pointer to such a table is marked
// SPTE_SPLIT: a fence for any address of the superpage must clear all of it. Read next:
// hypervisor/shadow_room.c.
#include "hypervisor/shadow_room.h"

#define SPTE_SPLIT 0x100u // software bit of a pointer entry

// ---- changing entries

// An entry of the table, to be written.
static u32 *spte_touch(const struct turn *t, mpa table, u32 index)
{
    page_mark(t->hw, t->vmm, table, index);
    return spte_at(t->hw, table, index);
}

// `address`: the page to flush; NULL: a superpage, of which a TLB may hold any part.
static void set_spte(const struct turn *t, const struct shadow *s, u32 *spte, u32 value,
                     const gva *address)
{
    u32 old = *spte;
    *spte = value;
    // More rights on the same page are seen at once (a TLB does not remember refusals); anything
    // else must be flushed.
    if ((old & PTE_V) && (PTE_PPN(old) != PTE_PPN(value) || (old & ~value)))
        hw_flush(t->hw, SATP_ASID(s->satp), address);
}

static void drop_table(const struct turn *t, const struct shadow *s, u32 *top)
{
    if (spte_is_table(*top))
        page_free(t->hw, t->vmm, spte_page(*top));
    *top = 0;
    t->vmm->changes++;
    hw_flush(t->hw, SATP_ASID(s->satp), NULL);
}

// Makes *top, the entry for `address`, point to a table of small entries. What was there of another
// kind goes: a superpage, or a table that was split from one where now there is none, or the other
// way round. False: no memory.
__attribute__((noinline)) static bool make_table(const struct turn *t, const struct shadow *s,
                                                 u32 *top, gva address, u32 split)
{
    if (*top & PTE_V)
        drop_table(t, s, top);
    mpa table = shadow_page(t);
    if (!table)
        return false;
    page_mark(t->hw, t->vmm, shadow_root(s), address >> 22);
    *top = PTE_MAKE(table, PTE_V | split);
    return true;
}

// The small entry for the address, in a table that is split from a superpage or not. NULL: no
// memory.
static u32 *small_entry(const struct turn *t, const struct shadow *s, gva address, u32 split)
{
    u32 *top = spte_at(t->hw, shadow_root(s), address >> 22);
    bool fits = (*top & (PTE_V | PTE_R | PTE_W | PTE_X | SPTE_SPLIT)) == (PTE_V | split);
    if (!fits && !make_table(t, s, top, address, split))
        return NULL;
    return spte_touch(t, spte_page(*top), address >> PAGE_SHIFT & 0x3ff);
}

// ---- choosing a shadow

// The remembered space of this satp, or the least lately used slot, emptied for it.
static u32 find_space(const struct turn *t, u32 satp)
{
    struct space *spaces = t->vm->spaces;
    for (u32 i = 0; i < SPACES; i++)
        if (spaces[i].satp == satp && spaces[i].used)
            return i;
    u32 oldest = 0;
    for (u32 i = 1; i < SPACES; i++)
        if (spaces[i].used < spaces[oldest].used)
            oldest = i;
    shadow_drop_space(t->hw, t->vmm, &spaces[oldest]);
    spaces[oldest].satp = satp;
    return oldest;
}

// The backend's own page stands in every shadow that is in force. Its table is never a superpage,
// whatever the guest has around it.
static bool keep_page(const struct turn *t, const struct shadow *s)
{
    struct hw_keep keep = hw_keep(t->hw);
    if (!keep.spte)
        return true;
    u32 *top = spte_at(t->hw, shadow_root(s), keep.page >> 22);
    u32 *spte = small_entry(t, s, keep.page, spte_is_table(*top) ? *top & SPTE_SPLIT : 0);
    if (!spte)
        return false;
    if (*spte != keep.spte)
        set_spte(t, s, spte, keep.spte, &keep.page);
    return true;
}

// Makes the shadow ready for use: it has a root, a real ASID that is its own, and the backend's
// page.
__attribute__((noinline)) static bool prepare(const struct turn *t, struct shadow *s)
{
    mpa root = s->satp ? shadow_root(s) : shadow_page(t);
    if (!root)
        return false;
    if (s->generation != t->vmm->generation)
        shadow_rename(t, s, root);
    if (!keep_page(t, s))
        return false;
    s->ready = t->vmm->changes;
    return true;
}

// The shadow for the VCPU as it is now, which is in force from here on. NULL: no memory.
static const struct shadow *choose_shadow(const struct turn *t, u32 satp)
{
    shadow_renew(t);
    struct space *space = &t->vm->spaces[t->v->space];
    if (!space->used || space->satp != satp) {
        t->v->space = find_space(t, satp);
        space = &t->vm->spaces[t->v->space];
        space->used = ++t->vm->stamp;
    }
    struct shadow *s = current_shadow(t);
    if (s->ready != t->vmm->changes && !prepare(t, s))
        return NULL;
    hw_root(t->hw, s->satp);
    return s;
}

bool shadow_use(const struct turn *t)
{
    struct hart_slot *slot = &t->vmm->slots[hw_hart(t->hw)];
    const struct hart_state *s = &t->v->state;
    u32 status = s->mode | (s->sstatus & (SSTATUS_SUM | SSTATUS_MXR));
    if (slot->shadow.vm == t->vm_at && slot->shadow.satp == s->satp &&
        slot->shadow.status == status && slot->shadow.changes == t->vmm->changes)
        return true;
    const struct shadow *chosen = choose_shadow(t, s->satp & SATP_MODE ? s->satp : 0);
    if (!chosen)
        return false;
    slot->shadow.offset = (u32)((const u8 *)chosen - (const u8 *)t->vm);
    slot->shadow.vm = t->vm_at;
    slot->shadow.satp = s->satp;
    slot->shadow.status = status;
    slot->shadow.changes = t->vmm->changes;
    return true;
}

// ---- filling

static const struct shadow *shadow_in_force(const struct turn *t)
{
    u32 offset = t->vmm->slots[hw_hart(t->hw)].shadow.offset;
    return (const struct shadow *)((const u8 *)t->vm + offset);
}

// The guest wants the very page that the backend keeps: another must do.
static void move_keep(const struct turn *t, gva page)
{
    hw_move(t->hw, page, t->v->state.pc & ~(PAGE_SIZE - 1));
    t->vmm->changes++;
}

// May the 4 MiB around this address be one entry? Not if some of it is not RAM, or is the page that
// is not the guest's.
static bool fits_super(const struct turn *t, gva address, gpa super)
{
    struct hw_keep keep = hw_keep(t->hw);
    bool around = keep.spte && keep.page >> 22 == address >> 22;
    return !around && gmem_has(t->vm, super, MEGAPAGE_SIZE) &&
           gmem_mpa(t->vm, super) % MEGAPAGE_SIZE == 0;
}

static void fill_super(const struct turn *t, const struct shadow *s, gva address, gpa super,
                       u32 flags)
{
    u32 *top = spte_touch(t, shadow_root(s), address >> 22);
    if (spte_is_table(*top))
        drop_table(t, s, top);
    set_spte(t, s, top, PTE_MAKE(gmem_mpa(t->vm, super), flags), NULL);
}

bool shadow_fill(const struct turn *t, gva address, const struct sv32_walk *walk)
{
    // A U page, with what the guest entry allows in this view. Each right counts only once the
    // guest's own A and D bits would let it pass, so the first access that must set them faults to
    // us, and from us to the guest if it must.
    u32 flags = PTE_V | PTE_U | PTE_A | PTE_D | walk->rights;
    gva page = address & ~(PAGE_SIZE - 1);
    gpa super = walk->address & ~(MEGAPAGE_SIZE - 1);
    const struct shadow *s = shadow_in_force(t);
    struct hw_keep keep = hw_keep(t->hw);
    if (keep.spte && keep.page == page)
        move_keep(t, page);
    if (walk->level == 1 && fits_super(t, address, super)) {
        fill_super(t, s, address, super, flags);
        return true;
    }
    u32 *spte = small_entry(t, s, address, walk->level == 1 ? SPTE_SPLIT : 0);
    if (!spte)
        return false;
    set_spte(t, s, spte, PTE_MAKE(gmem_mpa(t->vm, walk->address & ~(PAGE_SIZE - 1)), flags), &page);
    return true;
}

// ---- forgetting

static void fence_address(struct hw *hw, struct vmm *vmm, struct shadow *s, gva address)
{
    u32 *top = spte_at(hw, shadow_root(s), address >> 22);
    if (!(*top & PTE_V))
        return;
    vmm->changes++; // the page that the backend keeps may be among what goes
    if (spte_is_leaf(*top)) {
        *top = 0;
        hw_flush(hw, SATP_ASID(s->satp), NULL);
    } else if (*top & SPTE_SPLIT) {
        page_free(hw, vmm, spte_page(*top));
        *top = 0;
        hw_flush(hw, SATP_ASID(s->satp), NULL);
    } else {
        *spte_at(hw, spte_page(*top), address >> PAGE_SHIFT & 0x3ff) = 0;
        hw_flush(hw, SATP_ASID(s->satp), &address);
    }
}

void shadow_fence(struct hw *hw, struct vmm *vmm, struct vm *vm, const gva *address,
                  const u32 *asid)
{
    if (vmm->policy == POLICY_DROP_ALL) {
        shadow_free(hw, vmm, vm);
        return;
    }
    for (u32 i = 0; i < SPACES; i++) {
        struct space *space = &vm->spaces[i];
        // With paging off there is nothing in guest memory that a fence could be about.
        if (!space->used || !space->satp || (asid && SATP_ASID(space->satp) != *asid))
            continue;
        for (u32 view = 0; view < VIEWS; view++) {
            struct shadow *s = &space->shadows[view];
            if (s->satp && address)
                fence_address(hw, vmm, s, *address);
            else
                shadow_drop(hw, vmm, s);
        }
    }
}

void shadow_switch(const struct turn *t)
{
    if (t->vmm->policy == POLICY_DROP_ALL)
        shadow_free(t->hw, t->vmm, t->vm);
}
