// Translation in two stages as an ordinary function, and who accesses by it. Picture and contracts
// are in isa/arch/h_extension.h; the walk itself is isa/arch/h_walk.h.
// Read next: isa/house.def.
#include "isa/arch/h_walk.h"

struct h_walk h_translate(const struct sv32_memory *memory, const struct h_access *who, u32 va,
                          bool adue)
{
    return h_translate_inline(memory, who, va, adue);
}

struct h_walk h_translate_second(const struct sv32_memory *memory, const struct h_access *who,
                                 u64 gpa, u32 htinst, bool adue)
{
    struct h_walk result = {0};
    struct h_walker w = {.memory = memory, .who = who, .adue = adue, .result = &result};
    struct h_purpose purpose = {who->access, htinst, !htinst};
    struct h_entry e = {0};
    u32 level = 0, rights;
    if (htinst)
        purpose.access = htinst == HTINST_WRITE ? ACCESS_WRITE : ACCESS_READ;
    result.cause = g_translate(&w, gpa, &purpose, &result.address, &rights);
    result.rights = PTE_R | PTE_W | PTE_X;
    if (result.cause || !(who->hgatp & SATP_MODE))
        return result;
    // The access is allowed. What else the entry allows, MXR or not, is asked of the entry itself.
    g_find_leaf(&w, gpa, &purpose, &e, &level);
    purpose.original = false;
    result.rights = (u8)g_rights(&w, e.pte, &purpose);
    if (!(e.pte & PTE_D))
        result.rights &= (u8)~PTE_W;
    result.large = level > 0;
    return result;
}

// ---- who accesses

struct h_access h_access_for_guest(const struct hart_state *s, const struct h_state *h,
                                   enum access access, bool executable)
{
    u32 mode = h->hstatus & HSTATUS_SPVP ? MODE_K : MODE_U;
    return (struct h_access){
        .satp = h->other.satp,
        .hgatp = h->hgatp,
        .view = sv32_view(mode, h->other.sstatus),
        .mxr = s->sstatus & SSTATUS_MXR,
        .executable = executable,
        .access = access,
    };
}
