// How shadows are made, and how they share what is scarce: the VMM's pages, and real ASIDs. Only
// the files about shadows use this header.
#ifndef HYPERVISOR_SHADOW_ROOM_H
#define HYPERVISOR_SHADOW_ROOM_H

#include "hypervisor/page.h"
#include "hypervisor/shadow.h"
#include "hypervisor/technique.h"

// ---- entries of shadow tables

static inline u32 *spte_at(const struct turn *t, mpa table, u32 index)
{
    return hw_page(t->hw, table + index * 4);
}

static inline mpa spte_page(u32 spte)
{
    return PTE_PPN(spte) << PAGE_SHIFT;
}

static inline bool spte_is_leaf(u32 spte)
{
    return (spte & (PTE_R | PTE_W | PTE_X)) != 0;
}

static inline bool spte_is_table(u32 spte)
{
    return (spte & PTE_V) && !spte_is_leaf(spte);
}

// ---- the shadow for the VCPU as it is now

// With paging off all views of the guest's memory are the same.
static inline u32 shadow_view(const struct hart_state *s)
{
    return s->satp & SATP_MODE ? sv32_view(s->mode, s->sstatus) : VIEW_K;
}

// In guest mode one shadow serves all views, because the hart itself looks at the guest's mode,
// SUM and MXR.
static inline u32 current_view(const struct turn *t)
{
    return t->technique->guest_mode ? VIEW_K : shadow_view(&t->v->state);
}

static inline struct shadow *current_shadow(const struct turn *t)
{
    return &t->shadows->spaces[t->v->space].shadows[current_view(t)];
}

// To be called when no hart may go on with its shadow unless the VMM has looked at it again: a
// shadow or a table of one was dropped, the trampoline moved, or ASIDs were given out anew. This
// happens far less often than exits, so one number for the whole VMM is precise enough.
static inline void shadow_end_epoch(struct turn *t)
{
    t->vmm->shadow_epoch++;
}

// Returns the page that must be mapped in this shadow besides the guest's pages. In guest mode
// there is no such page.
static inline struct hw_trampoline shadow_trampoline(const struct turn *t)
{
    return t->technique->guest_mode ? (struct hw_trampoline){0} : hw_trampoline(t->hw);
}

// From the next hw_run on, the hart translates by the shadow that has this real satp.
static inline void shadow_install(const struct turn *t, u32 satp)
{
    if (t->technique->guest_mode)
        hw_nest_shadowed(t->hw, satp);
    else
        hw_root(t->hw, satp);
}

// ---- sharing

// Returns a page for a root or a table. If no page is free, other shadows are dropped. The
// shadow for the present state of the VCPU may lose its entries, but it keeps its root. Returns
// 0 if there is no page even then.
mpa shadow_page_alloc(struct turn *t);

// Returns a page, for which other VMs lose shadows. The VM that chose a shadow longest ago loses
// first. Returns 0 if no other VM has any.
mpa shadow_page_of_others(struct turn *t);

// Gives the shadow with this root a real ASID that no other shadow has.
void shadow_new_asid(struct turn *t, struct shadow *s, mpa root);

// To be called when the VM whose turn it is chooses a shadow: this VM is now the last to lose
// shadows.
void shadow_make_newest(struct turn *t);

// Gives back the pages of a shadow that was made (its satp is not 0).
void shadow_drop(struct turn *t, struct shadow *s);
// Makes the struct shadows of the VM whose turn it is. Returns false if there is no page for it.
bool shadow_begin(struct turn *t);
// Puts the set of shadows for this second stage in force: it becomes the first of the VM's list
// (hypervisor/shadow_inner.h; 0 stands for the VM's own set). Makes the set if there is none. If
// the VM has SHADOW_SETS sets already, the last of them is dropped. Returns false if there is no
// page for the set.
bool shadow_choose_set(struct turn *t, u32 second);
// Gives back all shadows of a set, but not its struct shadows.
void shadow_drop_set(struct turn *t, struct shadows *set);
// Gives back all shadows of a VM, but not its struct shadows.
void shadow_drop_all(struct turn *t, struct vm *vm);
// Gives back all shadows of a space, and frees its slot.
void shadow_drop_space(struct turn *t, struct space *space);

#endif
