// What a leaf allows, and the walk as an ordinary function. Contracts and pictures are in
// isa/arch/sv32.h.
// Read next: isa/arch/sv32_walk.h.
#include "isa/arch/sv32_walk.h"

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

// Which rights count in the views without MXR, for a page of the kernel and for a page of a user. U
// sees user pages only. K sees its own pages, and with SUM also user pages, but never executes
// them.
#define ALL (PTE_R | PTE_W | PTE_X)
static const u8 seen[][2] = {
    [VIEW_U] = {0, ALL},
    [VIEW_K] = {ALL, 0},
    [VIEW_KSUM] = {ALL, PTE_R | PTE_W},
};

u32 sv32_rights(u32 pte, enum view view)
{
    u32 rights = pte & ALL;
    bool mxr = view >= VIEW_U_MXR, reserved = (rights & (PTE_R | PTE_W)) == PTE_W;
    if ((pte & (PTE_V | PTE_A)) != (PTE_V | PTE_A) || reserved)
        return 0;
    if (mxr && (rights & PTE_X))
        rights |= PTE_R; // "make executable readable"
    if (!(pte & PTE_D))
        rights &= ~(u32)PTE_W;
    return rights & seen[mxr ? view - VIEW_U_MXR : view][(pte & PTE_U) != 0];
}

bool sv32_allows(u32 pte, enum view view, enum access access, bool adue)
{
    return sv32_rights(adue ? pte | PTE_A | PTE_D : pte, view) & sv32_need(access);
}

struct sv32_walk sv32_translate(const struct sv32_memory *memory, u32 satp, u32 va, enum view view,
                                enum access access, bool adue)
{
    return sv32_translate_inline(memory, satp, va, view, access, adue);
}
