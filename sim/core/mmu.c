// Translation: the TLB, and on a miss the walk of isa/arch/sv32 through RAM.
// Read next: sim/core/bus.c.
#include "isa/arch/h_walk.h"
#include "sim/core/core.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))
// The walk of a guest stays out of the ordinary one, which then saves no registers for it.
#define NOINLINE __attribute__((noinline))

static ALWAYS_INLINE bool load_entry(void *context, u32 address, u32 *word)
{
    struct machine *m = context;
    if (!memory_has(m, address, 4))
        return false;
    *word = memory_word(m, address);
    return true;
}

static inline bool store_entry(void *context, u32 address, u32 word)
{
    struct machine *m = context;
    if (!memory_has(m, address, 4))
        return false;
    memory_store(m, address, 4, word);
    return true;
}

// ---- two stages: a hart with the hypervisor extension that runs a guest, or accesses its memory

// Both stages were walked: pays for each table entry that the walk read, even if it ended in a
// fault. A fault is noted, for the trap that follows.
static inline u32 end_walk(struct hart *h, const struct h_walk *w, mpa *physical)
{
    hart_charge(h, CHARGE_WALK, w->reads * h->machine->config.costs.walk);
    if (w->cause)
        h->fault = (struct guest_fault){w->gpa, w->htinst};
    *physical = w->address;
    return w->cause;
}

// The walk of a hart that runs a guest.
NOINLINE static u32 walk_for_guest(struct hart *h, struct tlb_set *set, gva va, enum access access,
                                   mpa *physical)
{
    struct machine *m = h->machine;
    const struct sv32_memory memory = {m, load_entry, store_entry};
    struct h_access who = h_access_of(&h->state, &h->extension, access);
    struct h_walk w = h_translate_inline(&memory, &who, va, m->config.adue);
    if (!w.cause)
        tlb_fill(set, va, access, w.address, w.large);
    return end_walk(h, &w, physical);
}

// The walk of hlv and its like. It is rare, and its translation belongs to another mode, so the TLB
// does not keep it.
NOINLINE static u32 walk_as_guest(struct hart *h, gva va, enum access access, mpa *physical)
{
    struct machine *m = h->machine;
    const struct sv32_memory memory = {m, load_entry, store_entry};
    bool executable = h->access_as == ACCESS_AS_GUEST_CODE;
    struct h_access who = h_access_for_guest(&h->state, &h->extension, access, executable);
    struct h_walk w = h_translate(&memory, &who, va, m->config.adue);
    return end_walk(h, &w, physical);
}

// ---- one stage

// load_entry and store_entry are called for each entry that a walk reads, and the compiler puts
// them into the walk.
u32 mmu_walk(struct hart *h, struct tlb_set *set, gva va, enum access access, mpa *physical)
{
    struct machine *m = h->machine;
    // A watched instruction may end the run right after its fetch, and the fetch was paid for.
    if (access == ACCESS_FETCH)
        m->begun = m->core.steps;
    if (h->state.virt)
        return walk_for_guest(h, set, va, access, physical);
    // What a walk may find depends on who asks: K sees the pages of U only with SUM, and MXR
    // makes executable pages readable.
    const struct sv32_memory memory = {m, load_entry, store_entry};
    enum view view = sv32_view(h->state.mode, h->state.sstatus);
    struct sv32_walk w =
        sv32_translate_inline(&memory, h->state.satp, va, view, access, m->config.adue);
    // A walk that fails is paid for, too, but it is never remembered. So a kernel that makes an
    // entry valid need not fence.
    hart_charge(h, CHARGE_WALK, w.reads * m->config.costs.walk);
    if (w.cause)
        return w.cause;
    tlb_fill(set, va, access, w.address, w.level > 0);
    *physical = w.address;
    return 0;
}

u32 mmu_translate(struct hart *h, gva va, enum access access, mpa *physical)
{
    if (h->access_as != ACCESS_AS_ITSELF)
        return walk_as_guest(h, va, access, physical);
    // The TLB keeps translations of different contexts apart: guest, ASID, mode, SUM and MXR.
    u32 context = mmu_context(h);
    if (context == TLB_OFF) {
        *physical = va;
        return 0;
    }
    struct tlb_set *set = tlb_set(h->tlb, context);
    // The entry must have granted this kind of access when it was made. Otherwise the walk decides
    // anew, and may set more rights.
    const struct tlb_entry *e = tlb_find(set, va, access);
    if (!e)
        return mmu_walk(h, set, va, access, physical);
    *physical = va + e->delta;
    return 0;
}
