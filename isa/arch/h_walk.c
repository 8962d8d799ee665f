// Translation in two stages as an ordinary function, and who accesses by it. Picture and contracts
// are in isa/arch/h_extension.h; the walk itself is isa/arch/h_walk.h.
// Read next: isa/house.def.
#include "isa/arch/h_walk.h"

struct h_walk h_translate(const struct sv32_memory *memory, const struct h_access *who, u32 va,
                          bool adue)
{
    return h_translate_inline(memory, who, va, adue);
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
