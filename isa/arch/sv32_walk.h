// The Sv32 walk, as a function that is compiled into its caller. A caller that walks often gives a
// reader of words that the compiler can see through (sim/core/mmu.c, hypervisor/gmem.c); every
// other caller uses sv32_translate. The steps are those of section 4.3.2 of the specification.
// Read next: isa/arch/round.h.
#ifndef ISA_ARCH_SV32_WALK_H
#define ISA_ARCH_SV32_WALK_H

#include "isa/arch/sv32.h"

// The walk calls the reader of words through a pointer. Only where the walk is compiled into its
// caller does the compiler see which reader that is, and compiles it in, too.
#define SV32_INLINE static inline __attribute__((always_inline))

// Does the entry lead to another table? A, D and U are reserved in such an entry and have to be 0.
static inline bool sv32_is_pointer(u32 pte)
{
    return (pte & (PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D)) == PTE_V;
}

// Does this page number fit the 32 bits of the board's addresses?
static inline bool sv32_is_on_board(u32 ppn)
{
    return ppn <= 0xfffffu;
}

// Reads the entry for `va` in a table, and notes it in *walk. Returns 0, or the cause of the
// failure.
SV32_INLINE u32 sv32_load_entry(const struct sv32_memory *memory, u32 table, u32 va, u32 level,
                                enum access access, struct sv32_walk *walk)
{
    if (!sv32_is_on_board(table))
        return sv32_access_fault(access);
    walk->level = (u8)level;
    walk->pte_at = table << PAGE_SHIFT | (va >> (level ? 22 : 12) & 0x3ff) << 2;
    if (!memory->load(memory->context, walk->pte_at, &walk->pte))
        return sv32_access_fault(access);
    walk->reads++;
    return 0;
}

// Follows satp and at most one pointer to the entry that maps `va`.
SV32_INLINE u32 sv32_find_leaf(const struct sv32_memory *memory, u32 satp, u32 va,
                               enum access access, struct sv32_walk *walk)
{
    u32 cause = sv32_load_entry(memory, SATP_PPN(satp), va, 1, access, walk);
    // A leaf at the first level is a superpage. An entry that is nothing at all is no pointer
    // either: it gives no rights, so the caller finds the page fault.
    if (cause || !sv32_is_pointer(walk->pte))
        return cause;
    cause = sv32_load_entry(memory, PTE_PPN(walk->pte), va, 0, access, walk);
    return !cause && sv32_is_pointer(walk->pte) ? sv32_page_fault(access) : cause;
}

// Sets A, and D for a write, in the entry. Returns false where the entry is not in RAM.
SV32_INLINE bool sv32_mark_leaf(const struct sv32_memory *memory, enum access access,
                                struct sv32_walk *walk)
{
    u32 marked = walk->pte | PTE_A | (access == ACCESS_WRITE ? PTE_D : 0);
    if (marked == walk->pte)
        return true;
    walk->pte = marked;
    return memory->store(memory->context, walk->pte_at, marked);
}

// As sv32_translate, whose contract is in isa/arch/sv32.h.
SV32_INLINE struct sv32_walk sv32_translate_inline(const struct sv32_memory *memory, u32 satp,
                                                   u32 va, enum view view, enum access access,
                                                   bool adue)
{
    struct sv32_walk walk = {0};
    walk.cause = sv32_find_leaf(memory, satp, va, access, &walk);
    if (walk.cause)
        return walk;
    u32 inside = walk.level ? MEGAPAGE_SIZE - 1 : PAGE_SIZE - 1;
    u32 ppn = PTE_PPN(walk.pte);
    bool misaligned = walk.level && (ppn & 0x3ff); // a superpage starts at a multiple of 4 MiB
    walk.rights = (u8)sv32_rights(adue ? walk.pte | PTE_A | PTE_D : walk.pte, view);
    if (!(walk.rights & sv32_need(access)) || misaligned)
        walk.cause = sv32_page_fault(access);
    else if (!sv32_is_on_board(ppn) || (adue && !sv32_mark_leaf(memory, access, &walk)))
        walk.cause = sv32_access_fault(access);
    else
        walk.address = (ppn << PAGE_SHIFT & ~inside) | (va & inside);
    // While D is clear no entry may grant writing: with `adue` the first write has to walk again
    // and set D. (Without `adue` sv32_rights has taken the right away already.)
    if (!(walk.pte & PTE_D))
        walk.rights &= (u8)~PTE_W;
    return walk;
}

#endif
