// Who keeps shadows and who loses them. A shadow is a cache, so memory for one can always be had by
// throwing away another: of the VM that has not run for the longest time, or, if there is only one,
// the VM's own oldest. Contracts: hypervisor/shadow_room.h. Read next: hypervisor/trap.c, where
// hidden and true faults part.
#include "hypervisor/shadow_room.h"

#define ASIDS 512u

// ---- throwing away

static void drop_tables(struct hw *hw, struct vmm *vmm, mpa root)
{
    u32 *part = spte_at(hw, root, 0);
    for (u32 marked = page_marked(hw, vmm, root); marked; marked >>= 1, part += 32)
        for (u32 i = 0; (marked & 1) && i < 32; i++) {
            if (!part[i])
                continue;
            if (spte_is_table(part[i]))
                page_free(hw, vmm, spte_page(part[i]));
            part[i] = 0;
        }
}

// An asid is never used twice in a generation, so what the TLB knows of a dropped shadow needs no
// flush.
void shadow_drop(struct hw *hw, struct vmm *vmm, struct shadow *s)
{
    if (!s->satp)
        return;
    drop_tables(hw, vmm, shadow_root(s));
    page_free(hw, vmm, shadow_root(s));
    vmm->changes++;
    *s = (struct shadow){0};
}

void shadow_drop_space(struct hw *hw, struct vmm *vmm, struct space *space)
{
    for (u32 view = 0; view < VIEWS; view++)
        shadow_drop(hw, vmm, &space->shadows[view]);
    space->used = 0;
}

void shadow_free(struct hw *hw, struct vmm *vmm, struct vm *vm)
{
    for (u32 i = 0; i < SPACES; i++)
        if (vm->spaces[i].used)
            shadow_drop_space(hw, vmm, &vm->spaces[i]);
}

// ---- real ASIDs

// Real ASIDs are handed out in turn; when they are used up all translations are forgotten and a new
// generation begins.
void shadow_rename(const struct turn *t, struct shadow *s, mpa root)
{
    if (t->vmm->next_asid == ASIDS) {
        t->vmm->next_asid = 1;
        t->vmm->generation++;
        t->vmm->changes++;
        hw_flush(t->hw, 0, NULL);
    }
    s->satp = SATP_MODE | (u32)t->vmm->next_asid++ << 22 | root >> PAGE_SHIFT;
    s->generation = t->vmm->generation;
}

// ---- which VM chose a shadow when

static mpa *link_to_older(const struct turn *t, mpa newer)
{
    return newer ? &((struct vm *)hw_page(t->hw, newer))->older : &t->vmm->newest;
}

static mpa *link_to_newer(const struct turn *t, mpa older)
{
    return older ? &((struct vm *)hw_page(t->hw, older))->newer : &t->vmm->oldest;
}

static void forget_age(const struct turn *t, mpa vm_at)
{
    struct vm *vm = hw_page(t->hw, vm_at);
    *link_to_newer(t, vm->older) = vm->newer;
    *link_to_older(t, vm->newer) = vm->older;
    vm->older = vm->newer = 0;
}

void shadow_renew(const struct turn *t)
{
    if (t->vmm->newest == t->vm_at)
        return;
    if (t->vm->newer)
        forget_age(t, t->vm_at);
    t->vm->older = t->vmm->newest;
    *link_to_newer(t, t->vm->older) = t->vm_at;
    t->vmm->newest = t->vm_at;
}

// ---- making room

// Drops a shadow of the space that the VM chose longest ago, but not the one in force. False: that
// is its only one.
static bool drop_oldest(const struct turn *t)
{
    const struct shadow *mine = current_shadow(t);
    struct shadow *oldest = NULL;
    u32 stamp = ~0u;
    for (u32 i = 0; i < SPACES; i++) {
        struct space *space = &t->vm->spaces[i];
        for (u32 view = 0; view < VIEWS && space->used && space->used < stamp; view++)
            if (space->shadows[view].satp && &space->shadows[view] != mine) {
                oldest = &space->shadows[view];
                stamp = space->used;
            }
    }
    if (oldest)
        shadow_drop(t->hw, t->vmm, oldest);
    return oldest;
}

// The root in force is emptied and renamed.
static void empty_root(const struct turn *t)
{
    struct shadow *mine = current_shadow(t);
    t->vmm->changes++;
    if (mine->satp) {
        drop_tables(t->hw, t->vmm, shadow_root(mine));
        shadow_rename(t, mine, shadow_root(mine));
        hw_root(t->hw, mine->satp);
    }
}

// Memory is short: the VM that has not run for the longest time loses its shadows; if there is no
// other this one loses its own, the oldest first.
__attribute__((noinline)) static mpa make_room(const struct turn *t)
{
    mpa page = 0;
    while (!page && t->vmm->oldest != t->vm_at) {
        mpa victim = t->vmm->oldest;
        forget_age(t, victim);
        shadow_free(t->hw, t->vmm, hw_page(t->hw, victim));
        page = page_alloc(t->hw, t->vmm);
    }
    if (!page) {
        if (!drop_oldest(t))
            empty_root(t);
        page = page_alloc(t->hw, t->vmm);
    }
    return page;
}

mpa shadow_page(const struct turn *t)
{
    mpa page = page_alloc(t->hw, t->vmm);
    return page ? page : make_room(t);
}
