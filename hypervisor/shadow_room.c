// Who keeps shadows and who loses them. A shadow is a cache, so there is always memory for one:
// that of another. The VM that has not run for the longest time loses its shadows first. If no
// other VM has any, the VM whose turn it is loses its own oldest. Contracts:
// hypervisor/shadow_room.h.
// Read next: hypervisor/page.c.
#include "hypervisor/shadow_room.h"
#include "hypervisor/apart.h"

#define ASIDS 512u // an ASID has 9 bits, and 0 is not used

// ---- throwing away

// Most entries are 0, and this passes over those quickly: a root is searched at every fence of
// everything.
static void drop_tables(struct turn *t, mpa root)
{
    u32 *part = spte_at(t, root, 0);
    for (u32 marked = page_marked(t, root); marked; marked >>= 1, part += 32)
        for (u32 i = 0; (marked & 1) && i < 32; i++) {
            if (!part[i])
                continue;
            if (spte_is_table(part[i]))
                page_free(t, spte_page(part[i]));
            part[i] = 0;
        }
}

// The TLB may still know entries of a dropped shadow, under its ASID. They need no flush, since no
// other shadow gets that ASID in this generation.
void shadow_drop(struct turn *t, struct shadow *s)
{
    drop_tables(t, shadow_root(s));
    page_free(t, shadow_root(s));
    shadow_end_epoch(t);
    *s = (struct shadow){0};
}

void shadow_drop_space(struct turn *t, struct space *space)
{
    for (u32 view = 0; view < VIEWS; view++)
        if (space->shadows[view].satp)
            shadow_drop(t, &space->shadows[view]);
    space->used = 0;
}

void shadow_drop_all(struct turn *t, struct vm *vm)
{
    if (!vm->shadows_at)
        return;
    struct shadows *shadows = hw_page(t->hw, vm->shadows_at);
    for (u32 i = 0; i < SPACES; i++)
        if (shadows->spaces[i].used)
            shadow_drop_space(t, &shadows->spaces[i]);
}

void shadow_free(struct turn *t, struct vm *vm)
{
    if (!vm->shadows_at)
        return;
    shadow_drop_all(t, vm);
    page_free(t, vm->shadows_at);
    vm->shadows_at = 0;
    if (vm == t->vm)
        t->shadows = NULL;
}

// ---- real ASIDs

// ASIDs are given out in turn. When none is left, the TLB forgets everything, and a new generation
// begins in which all can be given out again.
void shadow_new_asid(struct turn *t, struct shadow *s, mpa root)
{
    struct vmm *vmm = t->vmm;
    if (vmm->next_asid == ASIDS) {
        vmm->next_asid = 1;
        vmm->generation++;
        shadow_end_epoch(t);
        hw_flush(t->hw, 0, NULL);
    }
    s->satp = SATP_MODE | (u32)vmm->next_asid << 22 | root >> PAGE_SHIFT;
    s->generation = vmm->generation;
    vmm->next_asid++;
}

// ---- which VM chose a shadow when: a list from vmm->oldest to vmm->newest

// The link that leads from a VM to the next older one; if there is no VM, the list's own end.
static mpa *link_to_older(struct turn *t, mpa newer)
{
    return newer ? &((struct vm *)hw_page(t->hw, newer))->older : &t->vmm->newest;
}

static mpa *link_to_newer(struct turn *t, mpa older)
{
    return older ? &((struct vm *)hw_page(t->hw, older))->newer : &t->vmm->oldest;
}

static void leave_list(struct turn *t, mpa vm_at)
{
    struct vm *vm = hw_page(t->hw, vm_at);
    *link_to_newer(t, vm->older) = vm->newer;
    *link_to_older(t, vm->newer) = vm->older;
    vm->older = vm->newer = 0;
}

void shadow_make_newest(struct turn *t)
{
    if (t->vmm->newest == t->vm_at)
        return;
    if (t->vm->newer)
        leave_list(t, t->vm_at);
    t->vm->older = t->vmm->newest;
    *link_to_newer(t, t->vm->older) = t->vm_at;
    t->vmm->newest = t->vm_at;
}

// ---- making room

// A shadow of the space that this VM chose longest ago, but not the shadow in force. NULL: there is
// no other.
static struct shadow *oldest_of_own(struct turn *t)
{
    const struct shadow *mine = current_shadow(t);
    struct shadow *oldest = NULL;
    u32 stamp = ~0u;
    for (u32 i = 0; i < SPACES; i++) {
        struct space *space = &t->shadows->spaces[i];
        for (u32 view = 0; view < VIEWS && space->used && space->used < stamp; view++)
            if (space->shadows[view].satp && &space->shadows[view] != mine) {
                oldest = &space->shadows[view];
                stamp = space->used;
            }
    }
    return oldest;
}

// The shadow in force keeps its root and loses all else. With a new ASID the TLB knows nothing of
// it.
static void empty_current(struct turn *t)
{
    struct shadow *mine = current_shadow(t);
    shadow_end_epoch(t);
    if (mine->satp) {
        drop_tables(t, shadow_root(mine));
        shadow_new_asid(t, mine, shadow_root(mine));
        shadow_install(t, mine->satp);
    }
}

mpa shadow_page_of_others(struct turn *t)
{
    mpa page = 0;
    while (!page && t->vmm->oldest && t->vmm->oldest != t->vm_at) {
        mpa victim = t->vmm->oldest;
        leave_list(t, victim);
        shadow_free(t, hw_page(t->hw, victim));
        page = page_alloc(t); // the victim may have had no shadow left
    }
    return page;
}

APART static mpa make_room(struct turn *t)
{
    mpa page = shadow_page_of_others(t);
    if (page || !t->shadows)
        return page;
    struct shadow *own = oldest_of_own(t);
    if (own)
        shadow_drop(t, own);
    else
        empty_current(t);
    return page_alloc(t);
}

mpa shadow_page_alloc(struct turn *t)
{
    mpa page = page_alloc(t);
    return page ? page : make_room(t);
}

bool shadow_begin(struct turn *t)
{
    mpa page = shadow_page_alloc(t);
    if (!page)
        return false;
    for (u32 word = 0; word < sizeof(struct shadows) / 4; word++)
        page_mark(t, page, word);
    t->vm->shadows_at = page;
    t->shadows = hw_page(t->hw, page);
    return true;
}
