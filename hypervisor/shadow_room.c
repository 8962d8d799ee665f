// Decides which VM keeps shadows and which VM loses them. A shadow is a cache, so memory for a
// shadow can always be found: another shadow is dropped. The VM that has not run for the longest
// time loses its shadows first. If no other VM has any, the VM whose turn it is loses its own
// oldest shadow. Contracts: hypervisor/shadow_room.h.
// Read next: hypervisor/page.c.
#include "hypervisor/shadow_room.h"
#include "hypervisor/apart.h"

#define ASIDS 512u // an ASID has 9 bits, and 0 is not used

// ---- throwing away

// Most entries are 0, and the loop skips them quickly. That matters, because every fence for all
// addresses searches a whole root.
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

// The TLB may still hold entries of a dropped shadow, under its ASID. They need no flush,
// because no other shadow gets that ASID in this generation.
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

void shadow_drop_set(struct turn *t, struct shadows *set)
{
    for (u32 i = 0; i < SPACES; i++)
        if (set->spaces[i].used)
            shadow_drop_space(t, &set->spaces[i]);
}

void shadow_drop_all(struct turn *t, struct vm *vm)
{
    struct shadows *set;
    for (mpa at = vm->shadows_at; at; at = set->next) {
        set = hw_page(t->hw, at);
        shadow_drop_set(t, set);
    }
}

// Gives back the set that this link of the list points to.
static void free_set(struct turn *t, mpa *link)
{
    mpa at = *link;
    struct shadows *set = hw_page(t->hw, at);
    shadow_drop_set(t, set);
    *link = set->next;
    page_free(t, at);
}

void shadow_free(struct turn *t, struct vm *vm)
{
    while (vm->shadows_at)
        free_set(t, &vm->shadows_at);
    if (vm == t->vm)
        t->shadows = NULL;
}

// ---- real ASIDs

// Gives out ASIDs in ascending order. When none is left, the TLB forgets everything, and a new
// generation begins, in which all ASIDs can be given out again.
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

// Returns the link from a VM to the next older one. If `newer` is 0, returns the end of the
// list.
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

// Returns a shadow of the space that this VM chose longest ago, but not the shadow in force.
// Returns NULL if there is no other shadow.
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

// The shadow in force keeps its root and loses all entries. It gets a new ASID, under which the
// TLB holds nothing.
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

// Drops the set of this VM that was in force longest ago, but not the set in force. Returns
// false if there is no other set.
static bool free_last_set(struct turn *t)
{
    if (!t->shadows || !t->shadows->next)
        return false;
    mpa *link = &t->shadows->next;
    for (struct shadows *set = hw_page(t->hw, *link); set->next; set = hw_page(t->hw, *link))
        link = &set->next;
    free_set(t, link);
    return true;
}

APART static mpa make_room(struct turn *t)
{
    mpa page = shadow_page_of_others(t);
    if (page || !t->shadows)
        return page;
    if (free_last_set(t))
        return page_alloc(t);
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

// ---- sets of shadows

// Makes a new set, which becomes the first in the list of the VM.
static bool begin_set(struct turn *t, u32 second)
{
    mpa page = shadow_page_alloc(t);
    if (!page)
        return false;
    for (u32 word = 0; word < sizeof(struct shadows) / 4; word++)
        page_mark(t, page, word);
    t->shadows = hw_page(t->hw, page);
    t->shadows->second = second;
    t->shadows->next = t->vm->shadows_at;
    t->vm->shadows_at = page;
    return true;
}

bool shadow_begin(struct turn *t)
{
    return begin_set(t, 0);
}

bool shadow_choose_set(struct turn *t, u32 second)
{
    u32 sets = 0;
    mpa *link = &t->vm->shadows_at;
    for (mpa at = *link; at; at = *link, sets++) {
        struct shadows *set = hw_page(t->hw, at);
        if (set->second == second) {
            *link = set->next; // it moves to the head of the list
            set->next = t->vm->shadows_at;
            t->vm->shadows_at = at;
            t->shadows = set;
            return true;
        }
        link = &set->next;
    }
    shadow_make_newest(t);
    if (sets == SHADOW_SETS)
        free_last_set(t);
    return begin_set(t, second);
}
