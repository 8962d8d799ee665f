// Shadow page tables, made lazily and thrown away freely. An entry of a guest's table is called
// gpte here, an entry of a shadow spte.
//
// A superpage of the guest stays a superpage where its 4 MiB are all RAM, and one such piece of the
// machine's. Elsewhere (at the end of RAM, with devices inside, in a guest whose RAM does not begin
// at a multiple of 4 MiB) it is split into a table of small entries. The pointer to such a table is
// marked SPTE_SPLIT, because a fence for any address of the superpage must clear all of them.
// Read next: hypervisor/assist.h.
#include "hypervisor/shadow_room.h"
#include "hypervisor/apart.h"

#define SPTE_SPLIT 0x100u // a bit of a pointer entry that hardware leaves to software

// ---- changing entries

// `address`: the page that the entry maps; NULL for a superpage, of which a TLB may hold any part.
static void set_spte(struct turn *t, const struct shadow *s, u32 *spte, u32 value,
                     const gva *address)
{
    u32 old = *spte;
    *spte = value;
    // The TLB keeps what an entry grants, and never that it refused. So an entry that only grants
    // more needs no flush: the next access that was refused walks the table again.
    if ((old & PTE_V) && (PTE_PPN(old) != PTE_PPN(value) || (old & ~value)))
        hw_flush(t->hw, SATP_ASID(s->satp), address);
}

// Takes away what a top-level entry maps: a superpage, or a table with all its entries. The
// trampoline's page may be among those, so the epoch ends.
static void drop_top(struct turn *t, const struct shadow *s, u32 *top)
{
    if (spte_is_table(*top))
        page_free(t, spte_page(*top));
    *top = 0;
    shadow_end_epoch(t);
    hw_flush(t->hw, SATP_ASID(s->satp), NULL);
}

// Makes *top, the entry for `address`, point to a table of small entries. What *top maps already is
// dropped: a superpage, or a table of the other kind (one for a split superpage where the guest has
// small pages now, or one for small pages where the guest has a superpage now). Returns false if
// there is no memory.
APART static bool make_table(struct turn *t, const struct shadow *s, u32 *top, gva address,
                             u32 split)
{
    if (*top & PTE_V)
        drop_top(t, s, top);
    mpa table = shadow_page_alloc(t);
    if (!table)
        return false;
    page_mark(t, shadow_root(s), address >> 22);
    *top = PTE_MAKE(table, PTE_V | split);
    return true;
}

// The small entry for the address, to be written. `split` is SPTE_SPLIT if its table serves a
// superpage of the guest, else 0. Returns NULL if there is no memory for the table.
static u32 *small_entry(struct turn *t, const struct shadow *s, gva address, u32 split)
{
    u32 *root = hw_page(t->hw, SATP_PPN(s->satp) << PAGE_SHIFT);
    u32 *top = &root[address >> 22];
    u32 index = address >> PAGE_SHIFT & 0x3ff;
    bool fits = (*top & (PTE_V | PTE_R | PTE_W | PTE_X | SPTE_SPLIT)) == (PTE_V | split);
    if (!fits && !make_table(t, s, top, address, split))
        return NULL;
    mpa table = PTE_PPN(*top) << PAGE_SHIFT;
    u32 *entries = hw_page(t->hw, table);
    page_mark(t, table, index); // so that page_free need not wipe the whole table
    return &entries[index];
}

// ---- filling: a hidden fault

// The guest wants the very page in which the trampoline is. So the trampoline moves, and not to the
// page of the instruction that is about to run.
static void make_way(struct turn *t, gva page)
{
    hw_move_trampoline(t->hw, page, t->v->state.pc & ~(PAGE_SIZE - 1));
    shadow_end_epoch(t);
}

// May the 4 MiB around this address be one entry? Not if the memory map has several there, or if
// the trampoline is there.
static bool fits_super(struct turn *t, gva address, const struct mapping *ram)
{
    struct hw_trampoline trampoline = shadow_trampoline(t);
    bool around = trampoline.spte && trampoline.page >> 22 == address >> 22;
    return !around && ram->super;
}

static void fill_super(struct turn *t, const struct shadow *s, gva address, mpa super, u32 flags)
{
    u32 *top = spte_at(t, shadow_root(s), address >> 22);
    if (spte_is_table(*top))
        drop_top(t, s, top);
    page_mark(t, shadow_root(s), address >> 22);
    set_spte(t, s, top, PTE_MAKE(super, flags), NULL);
}

// The flags of an entry for guest mode, where the hart itself looks at the guest's mode, SUM and
// MXR. So the entry is for U if the gpte is, and it grants what the gpte grants, whoever asks now.
// With paging off each mode may use every page, but one entry serves one mode. An access by the
// other mode faults, and the entry is filled for that mode. What the TLB still keeps for the first
// mode stays right.
APART static u32 flags_for_guest_mode(const struct turn *t, const struct sv32_walk *walk,
                                      u32 map_rights)
{
    const struct hart_state *s = &t->v->state;
    u32 flags = PTE_V | PTE_A | PTE_D;
    if (!(s->satp & SATP_MODE))
        return flags | map_rights | (s->mode == MODE_U ? PTE_U : 0);
    u32 user = walk->pte & PTE_U;
    return flags | user | (sv32_rights(walk->pte, user ? VIEW_U : VIEW_K) & map_rights);
}

bool shadow_fill(struct turn *t, gva address, const struct sv32_walk *walk,
                 const struct mapping *ram)
{
    const struct shadow *s = hw_page_to_read(t->hw, t->slot->shadow.at); // the one in force
    gva page = address & ~(PAGE_SIZE - 1);
    bool is_super = walk->level == 1;
    // The entry is for U, since that is where the guest really runs. It grants what both the gpte
    // in this view and the memory map allow, but no right that the guest's A and D bits hold back.
    // While the gpte has D = 0, say, walk->rights has no write, so the first store faults and comes
    // to the VMM again. A and D of the shadow entry itself are always set: the hart must not fault
    // for its own sake.
    u32 flags = PTE_V | PTE_U | PTE_A | PTE_D | (walk->rights & ram->rights);
    if (t->technique->guest_mode)
        flags = flags_for_guest_mode(t, walk, ram->rights);
    else if (hw_trampoline(t->hw).page == page && hw_trampoline(t->hw).spte)
        make_way(t, page);
    if (is_super && fits_super(t, address, ram)) {
        fill_super(t, s, address, ram->at & ~(MEGAPAGE_SIZE - 1), flags);
        return true;
    }
    u32 *spte = small_entry(t, s, address, is_super ? SPTE_SPLIT : 0);
    if (!spte)
        return false;
    mpa target = ram->at & ~(PAGE_SIZE - 1);
    set_spte(t, s, spte, PTE_MAKE(target, flags), &page);
    return true;
}

// ---- choosing a shadow

// The index of the remembered space for this satp. If there is none, the slot that was chosen
// longest ago is emptied for it.
static u32 find_space(struct turn *t, u32 satp)
{
    struct space *spaces = t->shadows->spaces;
    for (u32 i = 0; i < SPACES; i++)
        if (spaces[i].satp == satp && spaces[i].used)
            return i;
    u32 oldest = 0;
    for (u32 i = 1; i < SPACES; i++)
        if (spaces[i].used < spaces[oldest].used)
            oldest = i;
    shadow_drop_space(t, &spaces[oldest]);
    spaces[oldest].satp = satp;
    return oldest;
}

// The trampoline stands in every shadow that is in force. Its page is mapped by a small entry,
// whatever the guest has around it.
static bool map_trampoline(struct turn *t, const struct shadow *s)
{
    struct hw_trampoline trampoline = shadow_trampoline(t);
    if (!trampoline.spte)
        return true;
    u32 *top = spte_at(t, shadow_root(s), trampoline.page >> 22);
    u32 split = spte_is_table(*top) ? *top & SPTE_SPLIT : 0;
    u32 *spte = small_entry(t, s, trampoline.page, split);
    if (!spte)
        return false;
    if (*spte != trampoline.spte)
        set_spte(t, s, spte, trampoline.spte, &trampoline.page);
    return true;
}

// Makes the shadow ready for use: it has a root, a real ASID of its own, and the trampoline.
static bool make_ready(struct turn *t, struct shadow *s)
{
    mpa root = s->satp ? shadow_root(s) : shadow_page_alloc(t);
    if (!root)
        return false;
    if (s->generation != t->vmm->generation)
        shadow_new_asid(t, s, root);
    if (!map_trampoline(t, s))
        return false;
    s->epoch = t->vmm->shadow_epoch;
    return true;
}

// Remembers which shadow was chosen, and by what.
static void remember(struct turn *t, const struct shadow *s, u32 status)
{
    t->slot->shadow = (struct shadow_choice){
        .at = t->vm->shadows_at + (u32)((const u8 *)s - (const u8 *)t->shadows),
        .vm = t->vm_at,
        .satp = t->v->state.satp,
        .status = status,
        .epoch = t->vmm->shadow_epoch,
    };
}

static u32 guest_satp(const struct turn *t)
{
    return t->v->state.satp & SATP_MODE ? t->v->state.satp : 0;
}

static bool is_its_space(const struct turn *t, const struct space *space)
{
    return space->used && space->satp == guest_satp(t);
}

// The shadow for the VCPU as it is now, if that shadow is ready. The usual way here is an sret or a
// trap of the guest: another view of the same space.
static struct shadow *find_ready(const struct turn *t, u32 view)
{
    if (!t->shadows || t->vmm->newest != t->vm_at)
        return NULL;
    if (!is_its_space(t, &t->shadows->spaces[t->v->space]))
        return NULL;
    struct shadow *s = &t->shadows->spaces[t->v->space].shadows[view];
    return s->epoch == t->vmm->shadow_epoch ? s : NULL;
}

// Finds the space of the VCPU's satp, makes its shadow ready, and puts it in force. Returns false
// if there is no memory for it.
APART static bool prepare(struct turn *t, u32 status)
{
    shadow_make_newest(t);
    if (!t->shadows && !shadow_begin(t))
        return false;
    if (!is_its_space(t, &t->shadows->spaces[t->v->space])) {
        t->v->space = find_space(t, guest_satp(t));
        t->shadows->spaces[t->v->space].used = ++t->shadows->stamp;
    }
    struct shadow *s = current_shadow(t);
    if (s->epoch != t->vmm->shadow_epoch && !make_ready(t, s))
        return false;
    remember(t, s, status);
    shadow_install(t, s->satp);
    return true;
}

bool shadow_choose(struct turn *t)
{
    const struct shadow *ready = find_ready(t, VIEW_K);
    if (!ready)
        return prepare(t, 0);
    remember(t, ready, 0);
    shadow_install(t, ready->satp);
    return true;
}

// Most exits change nothing by which a shadow is chosen. So the choice is remembered with all that
// it rests on, and while that is the same there is nothing to do.
bool shadow_use(struct turn *t)
{
    struct shadow_choice *last = &t->slot->shadow;
    const struct hart_state *s = &t->v->state;
    u32 status = s->mode | (s->sstatus & (SSTATUS_SUM | SSTATUS_MXR));
    if (last->vm == t->vm_at && last->satp == s->satp && last->status == status &&
        last->epoch == t->vmm->shadow_epoch)
        return true;
    const struct shadow *ready = find_ready(t, shadow_view(s));
    if (!ready)
        return prepare(t, status);
    remember(t, ready, status);
    hw_root(t->hw, ready->satp);
    return true;
}

// ---- forgetting

// Forgets one address in one shadow.
static void fence_address(struct turn *t, struct shadow *s, gva address)
{
    u32 *top = spte_at(t, shadow_root(s), address >> 22);
    if (!(*top & PTE_V))
        return;
    if (spte_is_leaf(*top) || (*top & SPTE_SPLIT)) {
        drop_top(t, s, top);
        return;
    }
    *spte_at(t, spte_page(*top), address >> PAGE_SHIFT & 0x3ff) = 0;
    shadow_end_epoch(t); // the address may be that of the trampoline
    hw_flush(t->hw, SATP_ASID(s->satp), &address);
}

static void fence_space(struct turn *t, struct space *space, const gva *address)
{
    for (u32 view = 0; view < VIEWS; view++) {
        struct shadow *s = &space->shadows[view];
        if (!s->satp)
            continue;
        if (address)
            fence_address(t, s, *address);
        else
            shadow_drop(t, s);
    }
}

void shadow_fence(struct turn *t, const gva *address, const u32 *asid)
{
    if (t->vmm->policy == POLICY_DROP_ALL) {
        shadow_drop_all(t, t->vm);
        return;
    }
    if (!t->shadows)
        return;
    for (u32 i = 0; i < SPACES; i++) {
        struct space *space = &t->shadows->spaces[i];
        // With paging off there is nothing in guest memory that a fence could be about.
        bool is_paged = space->used && space->satp;
        if (is_paged && (!asid || SATP_ASID(space->satp) == *asid))
            fence_space(t, space, address);
    }
}

void shadow_switch(struct turn *t)
{
    if (t->vmm->policy == POLICY_DROP_ALL)
        shadow_drop_all(t, t->vm);
}
