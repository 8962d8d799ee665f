// What shadows are made of, and how they share what there is little of: the VMM's pages and the
// real ASIDs. For shadow.c alone.
#ifndef HYPERVISOR_SHADOW_ROOM_H
#define HYPERVISOR_SHADOW_ROOM_H

#include "hypervisor/page.h"
#include "hypervisor/shadow.h"

// ---- entries of shadow tables

static inline u32 *spte_at(struct hw *hw, mpa table, u32 index)
{
    return hw_page(hw, table + index * 4);
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

static inline u32 current_view(const struct turn *t)
{
    const struct hart_state *s = &t->v->state;
    return s->satp & SATP_MODE ? sv32_view(s->mode, s->sstatus) : VIEW_K;
}

static inline struct shadow *current_shadow(const struct turn *t)
{
    return &t->vm->spaces[t->v->space].shadows[current_view(t)];
}

// ---- sharing

// A page for a root or a table. Whoever loses shadows for it, the one for the VCPU as it is now is
// not dropped; at worst it is emptied. 0: there is no page to be had.
mpa shadow_page(const struct turn *t);

// Gives the shadow with this root an ASID that no other has.
void shadow_rename(const struct turn *t, struct shadow *s, mpa root);

// The VM whose turn it is chooses a shadow: it is the last now to lose any.
void shadow_renew(const struct turn *t);

void shadow_drop(struct hw *hw, struct vmm *vmm, struct shadow *s);
void shadow_drop_space(struct hw *hw, struct vmm *vmm, struct space *space);

#endif
