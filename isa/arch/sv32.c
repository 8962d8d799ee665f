// The walk as an ordinary function. Contracts and pictures are in isa/arch/sv32.h.
// Read next: isa/arch/round.h.
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

bool sv32_allows(u32 pte, enum view view, enum access access, bool adue)
{
    return sv32_rights(adue ? pte | PTE_A | PTE_D : pte, view) & sv32_need(access);
}

struct sv32_walk sv32_translate(const struct sv32_memory *memory, u32 satp, u32 va, enum view view,
                                enum access access, bool adue)
{
    return sv32_translate_inline(memory, satp, va, view, access, adue);
}
