// The Sv32 walk. Contracts and pictures: isa/arch/sv32.h; the steps are those of section 4.3.2 of the specification.
// Read next: sim/mmu.c (the machine's TLB above it).
#include "isa/arch/sv32.h"

u32 sv32_page_fault(enum access access)
{
    static const u8 cause[] = {CAUSE_LOAD_PAGE, CAUSE_STORE_PAGE, CAUSE_FETCH_PAGE};
    return cause[access];
}

u32 sv32_access_fault(enum access access)
{
    static const u8 cause[] = {CAUSE_LOAD_ACCESS, CAUSE_STORE_ACCESS, CAUSE_FETCH_ACCESS};
    return cause[access];
}

// U sees user pages only; K sees its own, and with SUM also a user's, but never executes those.
u32 sv32_rights(u32 pte, enum view view)
{
    u32 rights = pte & (PTE_R | PTE_W | PTE_X);
    bool user = pte & PTE_U, mxr = view >= VIEW_U_MXR;
    u32 base = mxr ? view - VIEW_U_MXR : view;
    bool reserved = (rights & (PTE_R | PTE_W)) == PTE_W;
    bool foreign = user ? base == VIEW_K : base == VIEW_U;
    if ((pte & (PTE_V | PTE_A)) != (PTE_V | PTE_A) || reserved || foreign)
        return 0;
    if (mxr && (rights & PTE_X))
        rights |= PTE_R;
    if (user && base == VIEW_KSUM)
        rights &= ~(u32)PTE_X;
    return pte & PTE_D ? rights : rights & ~(u32)PTE_W;
}

bool sv32_allows(u32 pte, enum view view, enum access access, bool adue)
{
    static const u8 need[] = {PTE_R, PTE_W, PTE_X};
    return sv32_rights(adue ? pte | PTE_A | PTE_D : pte, view) & need[access];
}

// An entry that leads to another table. A, D and U are reserved there and have to be 0.
static bool is_pointer(u32 pte)
{
    return (pte & (PTE_V | PTE_R | PTE_W | PTE_X | PTE_U | PTE_A | PTE_D)) == PTE_V;
}

// Does this page number fit the 32 bits of the board's addresses?
static bool is_on_board(u32 ppn)
{
    return ppn <= 0xfffffu;
}

// Follows satp and at most one pointer to the entry that maps `va`: sets pte, pte_at, level, reads. Returns 0, or the
// cause of the failure.
static u32 find_leaf(const struct sv32_memory *memory, u32 satp, u32 va, enum access access, struct sv32_walk *walk)
{
    u32 table = SATP_PPN(satp);
    for (int level = 1;; level--) {
        if (!is_on_board(table))
            return sv32_access_fault(access);
        walk->level = (u8)level;
        walk->pte_at = table << PAGE_SHIFT | (va >> (level ? 22 : 12) & 0x3ff) << 2;
        if (!memory->load(memory->context, walk->pte_at, &walk->pte))
            return sv32_access_fault(access);
        walk->reads++;
        if (!is_pointer(walk->pte))
            return 0;
        if (level == 0)
            return sv32_page_fault(access);
        table = PTE_PPN(walk->pte);
    }
}

// Sets A, and D for a write, in the entry. Returns false where the entry is not in RAM.
static bool mark_leaf(const struct sv32_memory *memory, enum access access, struct sv32_walk *walk)
{
    u32 marked = walk->pte | PTE_A | (access == ACCESS_WRITE ? PTE_D : 0);
    if (marked == walk->pte)
        return true;
    walk->pte = marked;
    return memory->store(memory->context, walk->pte_at, marked);
}

struct sv32_walk sv32_translate(const struct sv32_memory *memory, u32 satp, u32 va, enum view view, enum access access,
                                bool adue)
{
    struct sv32_walk walk = {0};
    walk.cause = find_leaf(memory, satp, va, access, &walk);
    if (walk.cause)
        return walk;
    u32 inside = walk.level ? MEGAPAGE_SIZE - 1 : PAGE_SIZE - 1;
    u32 ppn = PTE_PPN(walk.pte);
    bool misaligned = walk.level && (ppn & 0x3ff);
    if (!sv32_allows(walk.pte, view, access, adue) || misaligned)
        walk.cause = sv32_page_fault(access);
    else if (!is_on_board(ppn) || (adue && !mark_leaf(memory, access, &walk)))
        walk.cause = sv32_access_fault(access);
    else
        walk.address = (ppn << PAGE_SHIFT & ~inside) | (va & inside);
    return walk;
}
