// What the guest has fenced. A shadow may be as old as the last fence that covers it, and no older.
// Contracts: scenarios/twin/parts.h. Sources: RISC-V Privileged Specification 1.12, section 4.2.1;
// RISC-V SBI Specification 1.0, chapter 8.
#include "isa/board/sbi.h"
#include "scenarios/twin/parts.h"

#include <stdlib.h>

#define ALL_HARTS UINT32_MAX
#define LAST_ADDRESS UINT32_MAX

static bool add(struct guest *g, struct fence fence)
{
    if (g->fence_count == g->fence_room) {
        size_t room = g->fence_room ? 2 * g->fence_room : 64;
        struct fence *more = realloc(g->fences, room * sizeof *more);
        if (!more)
            return false;
        g->fences = more;
        g->fence_room = room;
    }
    g->fences[g->fence_count++] = fence;
    return true;
}

static bool note_sfence(struct guest *g, const struct hart_state *h, const struct decoded *d)
{
    struct fence fence = {.harts = 1u << g->hart,
                          .last = LAST_ADDRESS,
                          .all_asids = !d->rs2,
                          .asid = h->x[d->rs2] & 0x1ff};
    if (d->rs1)
        fence.first = fence.last = h->x[d->rs1];
    return add(g, fence);
}

// A fence on other harts, by a firmware call: a0 and a1 name the harts, a2 and a3 the addresses, a4
// the ASID.
static bool note_rfence(struct guest *g, const struct hart_state *h)
{
    enum { A0 = 10, A1, A2, A3, A4, A6 = 16 };
    u32 first_hart = h->x[A1], start = h->x[A2], size = h->x[A3];
    if (h->x[A6] != SBI_RFENCE_SFENCE_VMA && h->x[A6] != SBI_RFENCE_SFENCE_VMA_ASID)
        return true;
    struct fence fence = {.harts = ALL_HARTS,
                          .last = LAST_ADDRESS,
                          .all_asids = h->x[A6] == SBI_RFENCE_SFENCE_VMA,
                          .asid = h->x[A4] & 0x1ff};
    if (first_hart != UINT32_MAX)
        fence.harts = first_hart < 32 ? h->x[A0] << first_hart : 0;
    if (size && size - 1 <= LAST_ADDRESS - start) {
        fence.first = start;
        fence.last = start + size - 1;
    }
    return add(g, fence);
}

bool fences_note(struct guest *g, const struct hart_state *h, const struct decoded *d)
{
    enum { A7 = 17 };
    if (h->mode != MODE_K)
        return true;
    if (d->insn == INSN_sfence_vma)
        return note_sfence(g, h, d);
    if (d->insn == INSN_ecall && h->x[A7] == SBI_RFENCE)
        return note_rfence(g, h);
    return true;
}

bool fences_cover(const struct guest *g, size_t from, gva va, bool super, u32 asid)
{
    gva last = va + (super ? MEGAPAGE_SIZE : PAGE_SIZE) - 1;
    for (size_t i = from; i < g->fence_count; i++) {
        const struct fence *f = &g->fences[i];
        if ((f->harts >> g->hart & 1) && f->first <= last && va <= f->last &&
            (f->all_asids || f->asid == asid))
            return true;
    }
    return false;
}
