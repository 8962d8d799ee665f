// Translation: the TLB, and on a miss the walk of isa/arch/sv32 through RAM.
// Read next: sim/core/bus.c.
#include "isa/arch/sv32_walk.h"
#include "sim/core/core.h"

#define ALWAYS_INLINE inline __attribute__((always_inline))

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

// Both functions above are called for each entry that a walk reads, and the compiler puts them into
// the walk.
u32 mmu_walk(struct hart *h, struct tlb_set *set, gva va, enum access access, mpa *physical)
{
    struct machine *m = h->machine;
    const struct sv32_memory memory = {m, load_entry, store_entry};
    enum view view = sv32_view(h->state.mode, h->state.sstatus);
    struct sv32_walk w =
        sv32_translate_inline(&memory, h->state.satp, va, view, access, m->config.adue);
    hart_charge(h, w.reads * m->config.costs.walk);
    if (w.cause)
        return w.cause;
    tlb_fill(set, va, access, w.address, w.level > 0);
    *physical = w.address;
    return 0;
}

u32 mmu_translate(struct hart *h, gva va, enum access access, mpa *physical)
{
    u32 context = mmu_context(&h->state);
    if (context == TLB_OFF) {
        *physical = va;
        return 0;
    }
    struct tlb_set *set = tlb_set(h->tlb, context);
    const struct tlb_entry *e = tlb_find(set, va, access);
    if (!e)
        return mmu_walk(h, set, va, access, physical);
    *physical = va + e->delta;
    return 0;
}
