// The words for one page-table entry. Read ui/dashboard/entry.h first.
#include "ui/dashboard/entry.h"

static const char *const words[ENTRY_REFUSALS] = {
    [ENTRY_ALLOWS] = "nothing refuses it",
    [ENTRY_NO_V] = "V is 0",
    [ENTRY_LAST_LEVEL] = "it points to a table below the last level",
    [ENTRY_POINTER] = "it points to a table, and A, D or U is 1",
    [ENTRY_W_ALONE] = "W is 1 and R is 0, which is reserved",
    [ENTRY_SUPERPAGE] = "its superpage is not aligned to 4 MiB",
    [ENTRY_NO_R] = "R is 0",
    [ENTRY_NO_W] = "W is 0",
    [ENTRY_NO_X] = "X is 0",
    [ENTRY_NO_U] = "U is 0, and the mode is U",
    [ENTRY_U_FETCH] = "U is 1, and mode K fetches from no such page",
    [ENTRY_U_WITHOUT_SUM] = "U is 1, the mode is K, and SUM is 0",
    [ENTRY_NO_A] = "A is 0",
    [ENTRY_NO_D] = "D is 0",
};

const char *entry_refusal_words(enum entry_refusal refusal)
{
    return refusal < ENTRY_REFUSALS ? words[refusal] : words[ENTRY_ALLOWS];
}

enum entry_refusal entry_is_bad(u32 entry, u32 level)
{
    if (!(entry & PTE_V))
        return ENTRY_NO_V;
    if (!(entry & PTE_RIGHTS)) {
        if (!sv32_is_pointer(entry))
            return ENTRY_POINTER;
        return level ? ENTRY_ALLOWS : ENTRY_LAST_LEVEL;
    }
    if ((entry & (PTE_R | PTE_W)) == PTE_W)
        return ENTRY_W_ALONE;
    if (level && ((u64)PTE_PPN(entry) << PAGE_SHIFT) % MEGAPAGE_SIZE)
        return ENTRY_SUPERPAGE;
    return ENTRY_ALLOWS;
}

static enum entry_refusal refused_to_mode(u32 leaf, enum view view, enum access access)
{
    bool user_page = leaf & PTE_U;
    if (view == VIEW_U || view == VIEW_U_MXR)
        return user_page ? ENTRY_ALLOWS : ENTRY_NO_U;
    if (!user_page)
        return ENTRY_ALLOWS;
    if (access == ACCESS_FETCH)
        return ENTRY_U_FETCH;
    bool sum = view == VIEW_KSUM || view == VIEW_KSUM_MXR;
    return sum ? ENTRY_ALLOWS : ENTRY_U_WITHOUT_SUM;
}

enum entry_refusal entry_refuses(u32 leaf, enum view view, enum access access, bool adue)
{
    static const u8 lacks[] = {ENTRY_NO_R, ENTRY_NO_W, ENTRY_NO_X}; // by enum access
    if (view >= VIEW_U_MXR && (leaf & PTE_X))
        leaf |= PTE_R; // "make executable readable"
    enum entry_refusal mode = refused_to_mode(leaf, view, access);
    if (mode != ENTRY_ALLOWS)
        return mode;
    if (!(leaf & sv32_need(access)))
        return (enum entry_refusal)lacks[access];
    if (!(leaf & PTE_A) && !adue)
        return ENTRY_NO_A;
    if (access == ACCESS_WRITE && !(leaf & PTE_D) && !adue)
        return ENTRY_NO_D;
    return ENTRY_ALLOWS;
}

const char *entry_print_bits(u32 entry, char *to)
{
    static const char letters[] = "VRWXUGAD";
    int n = 0;
    for (int i = 0; i < 8; i++) {
        if (i == 1 || i == 4 || i == 6)
            to[n++] = ' ';
        to[n++] = entry >> i & 1 ? letters[i] : '-';
    }
    to[n] = 0;
    return to;
}
