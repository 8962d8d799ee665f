// The walk through both stages, as functions that are compiled into their caller, for the reason
// that isa/arch/sv32.h gives. The machine's MMU includes it; every other caller uses
// h_translate. Picture and contracts are in isa/arch/h_extension.h.
// Read next: isa/arch/h_walk.c.
#ifndef ISA_ARCH_H_WALK_H
#define ISA_ARCH_H_WALK_H

#include "isa/arch/h_extension.h"

// A walk under way, in either stage.
struct h_walker {
    const struct sv32_memory *memory;
    const struct h_access *who;
    bool adue;
    struct h_walk *result;
    // The open superpage of the second stage that this walk has met last (g_note_open): the 4 MiB
    // that it maps, counted from 1, and what leads from there to the physical address. 0: none.
    u32 open_at, open_to;
};

SV32_INLINE u32 h_page_fault(enum access access)
{
    static const u8 cause[] = {
        [ACCESS_READ] = CAUSE_GUEST_LOAD_PAGE,
        [ACCESS_WRITE] = CAUSE_GUEST_STORE_PAGE,
        [ACCESS_FETCH] = CAUSE_GUEST_FETCH_PAGE,
    };
    return cause[access];
}

// Notes a guest page fault. Its cause is that of the original access, whatever the second stage was
// asked for.
SV32_INLINE u32 h_fault_at(struct h_walker *w, u64 gpa, u32 htinst)
{
    w->result->gpa = gpa;
    w->result->htinst = htinst;
    return h_page_fault(w->who->access);
}

// An entry, and where it was read.
struct h_entry {
    u32 pte, at;
};

SV32_INLINE bool h_load(struct h_walker *w, u32 at, struct h_entry *e)
{
    e->at = at;
    if (!w->memory->load(w->memory->context, at, &e->pte))
        return false;
    w->result->reads++;
    return true;
}

// Sets A, and D for a write, in a leaf. Returns false if the entry is not in RAM.
SV32_INLINE bool h_mark(struct h_walker *w, struct h_entry *e, bool write)
{
    u32 marked = e->pte | PTE_A | (write ? PTE_D : 0);
    if (marked == e->pte)
        return true;
    e->pte = marked;
    return w->memory->store(w->memory->context, e->at, marked);
}

// ---- the second stage

// What one translation of the second stage is for.
struct h_purpose {
    enum access access; // what it is checked as
    u32 htinst;         // what a fault says: 0 for the access itself, else HTINST_READ or _WRITE
    bool original;      // hlvx and MXR count for the access itself only
};

// What a leaf needs so that a user may read it. Whoever accesses is a user of the second stage, a
// kernel of a guest, too.
#define G_READABLE ((u32)(PTE_V | PTE_R | PTE_U | PTE_A))

// The rights of a leaf.
SV32_INLINE u32 g_rights(const struct h_walker *w, u32 pte, const struct h_purpose *p)
{
    u32 seen = w->adue ? pte | PTE_A | PTE_D : pte, rights = seen & PTE_RIGHTS;
    bool executable = p->original && w->who->executable, mxr = p->original && w->who->mxr;
    if (!(seen & PTE_D))
        rights &= ~(u32)PTE_W;
    // Nearly every leaf is readable, and then there is nothing more to ask.
    if ((seen & G_READABLE) == G_READABLE && !executable)
        return rights;
    bool reserved = (seen & (PTE_R | PTE_W)) == PTE_W;
    if (reserved || ((seen | PTE_R) & G_READABLE) != G_READABLE)
        return 0;
    if (executable)
        rights &= ~(u32)PTE_R;
    return (mxr || executable) && (rights & PTE_X) ? rights | PTE_R : rights;
}

// Finds the leaf of the second stage for `gpa`. Returns 0, or the cause of the fault.
SV32_INLINE u32 g_find_leaf(struct h_walker *w, u64 gpa, const struct h_purpose *p,
                            struct h_entry *e, u32 *level)
{
    u32 root = HGATP_PPN(w->who->hgatp);
    *level = 1;
    if (!sv32_is_on_board(root) || !h_load(w, (root << PAGE_SHIFT) + (u32)(gpa >> 22) * 4, e))
        return sv32_access_fault(w->who->access);
    if (!sv32_is_pointer(e->pte))
        return 0;
    *level = 0;
    u32 table = PTE_PPN(e->pte);
    u32 index = (u32)(gpa >> PAGE_SHIFT) & 0x3ff;
    if (!sv32_is_on_board(table) || !h_load(w, (table << PAGE_SHIFT) + index * 4, e))
        return sv32_access_fault(w->who->access);
    return sv32_is_pointer(e->pte) ? h_fault_at(w, gpa, p->htinst) : 0;
}

// A VMM usually gives a VM its RAM in superpages that allow everything, and a walk comes to the
// same one again and again: the guest's tables and the page lie side by side. Whatever the access
// is for, such a leaf says yes, and nothing is to be marked in it. So a walk that meets one
// remembers where it leads. Each time the entry counts as read, and it would be the same: a walk
// stores nothing but A and D, and this entry has both.
#define G_OPEN (G_READABLE | PTE_W | PTE_X | PTE_D)

SV32_INLINE bool g_is_open(const struct h_entry *e)
{
    u32 ppn = PTE_PPN(e->pte);
    return (e->pte & G_OPEN) == G_OPEN && !(ppn & 0x3ff) && sv32_is_on_board(ppn);
}

SV32_INLINE void g_note_open(struct h_walker *w, u64 gpa, const struct h_entry *e)
{
    w->open_at = (u32)(gpa >> 22) + 1;
    w->open_to = PTE_PPN(e->pte) << PAGE_SHIFT;
}

// Returns true if the address is in the known open superpage. *address is then the physical
// address.
SV32_INLINE bool g_reach_open(struct h_walker *w, u64 gpa, u32 *address)
{
    *address = w->open_to | ((u32)gpa & (MEGAPAGE_SIZE - 1));
    return (u32)(gpa >> 22) + 1 == w->open_at;
}

// Translates a guest physical address. Returns 0 and *address and the leaf's *rights, or the cause.
SV32_INLINE u32 g_translate(struct h_walker *w, u64 gpa, const struct h_purpose *p, u32 *address,
                            u32 *rights)
{
    struct h_entry e = {0};
    u32 level;
    *rights = PTE_R | PTE_W | PTE_X;
    w->result->large_second = true;
    if (g_reach_open(w, gpa, address)) {
        w->result->reads++;
        return 0;
    }
    *address = (u32)gpa;
    if (!(w->who->hgatp & SATP_MODE))
        return gpa >> 32 ? sv32_access_fault(w->who->access) : 0;
    u32 cause = g_find_leaf(w, gpa, p, &e, &level);
    if (cause)
        return cause;
    if (level && g_is_open(&e)) {
        g_note_open(w, gpa, &e);
        g_reach_open(w, gpa, address);
        return 0;
    }
    u32 ppn = PTE_PPN(e.pte), inside = level ? MEGAPAGE_SIZE - 1 : PAGE_SIZE - 1;
    bool misaligned = level && (ppn & 0x3ff);
    w->result->large_second = level > 0;
    *rights = g_rights(w, e.pte, p);
    if (!(*rights & sv32_need(p->access)) || misaligned)
        return h_fault_at(w, gpa, p->htinst);
    if (!sv32_is_on_board(ppn) || (w->adue && !h_mark(w, &e, p->access == ACCESS_WRITE)))
        return sv32_access_fault(w->who->access);
    *address = (ppn << PAGE_SHIFT & ~inside) | ((u32)gpa & inside);
    if (!(e.pte & PTE_D))
        *rights &= ~(u32)PTE_W;
    return 0;
}

// ---- the first stage

// The rights of a leaf for a view. For hlvx X takes the place of R, and nothing else changes: the
// view must be one that may read the page.
SV32_INLINE u32 vs_rights(const struct h_walker *w, u32 pte, enum view view)
{
    u32 seen = w->adue ? pte | PTE_A | PTE_D : pte;
    u32 rights = sv32_rights(seen, view);
    if (!w->who->executable)
        return rights;
    bool reserved = (pte & (PTE_R | PTE_W)) == PTE_W;
    bool readable = !reserved && (sv32_rights(seen | PTE_R, view) & PTE_R);
    rights &= ~(u32)PTE_R;
    return readable && (pte & PTE_X) ? rights | PTE_R : rights;
}

// Reads an entry of a table of the guest, by way of the second stage.
SV32_INLINE u32 vs_load(struct h_walker *w, u32 table, u32 index, u64 *gpa, struct h_entry *e)
{
    const struct h_purpose read = {ACCESS_READ, HTINST_READ, false};
    u32 at, rights;
    *gpa = ((u64)table << PAGE_SHIFT) + index * 4;
    u32 cause = g_translate(w, *gpa, &read, &at, &rights);
    if (cause)
        return cause;
    return h_load(w, at, e) ? 0 : sv32_access_fault(w->who->access);
}

// Sets A or D in an entry of the guest: the second stage has to allow that write, too.
SV32_INLINE u32 vs_mark(struct h_walker *w, u64 gpa, struct h_entry *e)
{
    const struct h_purpose write = {ACCESS_WRITE, HTINST_WRITE, false};
    u32 rights, wanted = PTE_A | (w->who->access == ACCESS_WRITE ? PTE_D : 0);
    if ((e->pte & wanted) == wanted)
        return 0;
    u32 cause = g_translate(w, gpa, &write, &e->at, &rights);
    if (cause)
        return cause;
    return h_mark(w, e, w->who->access == ACCESS_WRITE) ? 0 : sv32_access_fault(w->who->access);
}

// The view of the first stage: the guest's own MXR, or the VMM's, makes executable readable.
SV32_INLINE enum view vs_view(const struct h_access *who)
{
    return who->mxr && who->view < VIEW_U_MXR ? who->view + VIEW_U_MXR : who->view;
}

// Translates `va` by the guest's table to a guest physical address of 34 bits.
SV32_INLINE u32 vs_translate(struct h_walker *w, u32 va, u64 *gpa, u32 *rights)
{
    struct h_entry e = {0};
    u64 entry_gpa;
    u32 level = 1;
    u32 cause = vs_load(w, SATP_PPN(w->who->satp), va >> 22, &entry_gpa, &e);
    if (!cause && sv32_is_pointer(e.pte)) {
        level = 0;
        cause = vs_load(w, PTE_PPN(e.pte), va >> PAGE_SHIFT & 0x3ff, &entry_gpa, &e);
        if (!cause && sv32_is_pointer(e.pte))
            cause = sv32_page_fault(w->who->access);
    }
    if (cause)
        return cause;
    u32 ppn = PTE_PPN(e.pte), inside = level ? MEGAPAGE_SIZE - 1 : PAGE_SIZE - 1;
    bool misaligned = level && (ppn & 0x3ff);
    *rights = vs_rights(w, e.pte, vs_view(w->who));
    if (!(*rights & sv32_need(w->who->access)) || misaligned)
        return sv32_page_fault(w->who->access);
    *gpa = (((u64)ppn << PAGE_SHIFT) & ~(u64)inside) | (va & inside);
    w->result->large = level > 0;
    // An entry that leads beyond 32 bits gets no A and D if it leads nowhere, as in one stage.
    if (w->adue && !sv32_is_on_board(ppn)) {
        const struct h_purpose itself = {w->who->access, 0, true};
        u32 address, second;
        cause = g_translate(w, *gpa, &itself, &address, &second);
    }
    if (w->adue && !cause)
        cause = vs_mark(w, entry_gpa, &e);
    if (!(e.pte & PTE_D))
        *rights &= ~(u32)PTE_W;
    return cause;
}

// As h_translate.
SV32_INLINE struct h_walk h_translate_inline(const struct sv32_memory *memory,
                                             const struct h_access *who, u32 va, bool adue)
{
    struct h_walk result = {0};
    struct h_walker w = {.memory = memory, .who = who, .adue = adue, .result = &result};
    const struct h_purpose itself = {who->access, 0, true};
    u64 gpa = va;
    u32 first = PTE_R | PTE_W | PTE_X, second = 0;
    if (who->satp & SATP_MODE)
        result.cause = vs_translate(&w, va, &gpa, &first);
    if (!result.cause)
        result.cause = g_translate(&w, gpa, &itself, &result.address, &second);
    result.rights = (u8)(first & second);
    return result;
}

#endif
