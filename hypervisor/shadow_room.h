// What shadows are made of, and how they share what is scarce: the VMM's pages, and real ASIDs. For
// shadow.c alone.
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

// In guest mode one shadow serves all views, because the hart itself looks at the guest's mode, SUM
// and MXR.
static inline u32 current_view(const struct turn *t)
{
    return t->technique->guest_mode ? VIEW_K : shadow_view(&t->v->state);
}

static inline struct shadow *current_shadow(const struct turn *t)
{
    return &t->shadows->spaces[t->v->space].shadows[current_view(t)];
}

// Something happened after which no hart may go on with its shadow without looking again: a shadow
// or a table of one went, the trampoline moved, ASIDs were given out anew. It happens far less
// often than exits, so one number for the whole VMM is precise enough.
static inline void shadow_end_epoch(struct turn *t)
{
    t->vmm->shadow_epoch++;
}

// What must be mapped in this shadow besides the guest's pages. In guest mode that is nothing.
static inline struct hw_trampoline shadow_trampoline(const struct turn *t)
{
    return t->technique->guest_mode ? (struct hw_trampoline){0} : hw_trampoline(t->hw);
}

// From the next hw_run on the hart translates by the shadow that has this real satp.
static inline void shadow_install(const struct turn *t, u32 satp)
{
    if (t->technique->guest_mode)
        hw_nest_shadowed(t->hw, satp);
    else
        hw_root(t->hw, satp);
}

// ---- sharing

// A page for a root or a table. If none is free, other shadows are dropped for it; the one for the
// VCPU as it is now is at worst emptied. Returns 0 if there is no page to be had.
mpa shadow_page_alloc(struct turn *t);

// A page for which other VMs lose shadows, beginning with the VM that chose one longest ago.
// Returns 0 if no other VM has any.
mpa shadow_page_of_others(struct turn *t);

// Gives the shadow with this root a real ASID that no other shadow has.
void shadow_new_asid(struct turn *t, struct shadow *s, mpa root);

// The VM whose turn it is chooses a shadow, so it is now the last to lose any.
void shadow_make_newest(struct turn *t);

// Gives back a shadow that was made (its satp is not 0).
void shadow_drop(struct turn *t, struct shadow *s);
// Makes the struct shadows of the VM whose turn it is. Returns false if there is no page for it.
bool shadow_begin(struct turn *t);
// Puts the set of shadows for this second stage (hypervisor/shadow_inner.h; 0: the VM's own set)
// in force: the first of the VM's list. Makes it if there is none; if the VM has SHADOW_SETS
// already, the last of them goes. Returns false if there is no page for it.
bool shadow_choose_set(struct turn *t, u32 second);
// Gives back all shadows of a set, but not its struct shadows.
void shadow_drop_set(struct turn *t, struct shadows *set);
// Gives back all shadows of a VM, but not its struct shadows.
void shadow_drop_all(struct turn *t, struct vm *vm);
// Gives back all shadows of a space, and frees its slot.
void shadow_drop_space(struct turn *t, struct space *space);

#endif
