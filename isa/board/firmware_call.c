// What the calls of the firmware have in common: replies, the timer, and what goes to several
// harts. Contracts: isa/board/firmware_call.h.
// Read next: isa/board/firmware_legacy.c.
#include "isa/board/firmware_call.h"
#include "isa/arch/sv32.h"

struct sbi_reply sbi_off(const struct sbi_call *c, enum power why, u32 code)
{
    c->f->wires->power_off(c->f->wires->context, why, code);
    return (struct sbi_reply){SBI_OK, 0, true};
}

struct sbi_reply sbi_set_timer(const struct sbi_call *c)
{
    c->caller->stimecmp = c->arg[0] | (u64)c->arg[1] << 32;
    return sbi_value(0);
}

u32 sbi_all_harts(const struct sbi_call *c)
{
    return (1u << c->f->count) - 1;
}

// A stopped hart gets no interrupt: HSM start would reset the interrupt away.
void sbi_send_ipi(const struct sbi_call *c, u32 harts)
{
    for (u32 i = 0; i < c->f->count; i++)
        if ((harts >> i & 1) && c->f->harts[i]->run != HART_STOPPED)
            c->f->harts[i]->sip |= IP_SSIP;
}

// A range that wraps around the end of the address space is treated as the whole address space: it
// is always allowed to fence too much.
void sbi_fence(const struct sbi_call *c, u32 harts, enum fence_kind kind, u32 start, u32 size,
               u32 asid)
{
    bool wraps = size && start + (size - 1) < start;
    bool all = kind == FENCE_I || (!start && !size) || size == UINT32_MAX || wraps;
    if (!all && !size)
        return; // an empty range
    for (u32 i = 0; i < c->f->count; i++)
        if (harts >> i & 1)
            c->f->fence(c->f->context, i, kind, all ? 0 : start, all ? 0 : size,
                        asid & SATP_ASID(UINT32_MAX));
}

void firmware_fence(enum fence_kind kind, u32 start, u32 size, u32 asid,
                    void (*fence)(void *context, const u32 *address, const u32 *asid),
                    void *context)
{
    bool named =
        kind == FENCE_VMA_ASID || kind == FENCE_GUEST_PHYSICAL_VMID || kind == FENCE_GUEST_VMA_ASID;
    const u32 *only = named ? &asid : NULL;
    u32 first = start >> PAGE_SHIFT, last = (start + (size - 1)) >> PAGE_SHIFT;
    if (kind == FENCE_I)
        return;
    if (!size || last - first >= FENCE_PAGES_MOST) {
        fence(context, NULL, only);
        return;
    }
    for (u32 page = first; page - first <= last - first; page++) {
        u32 address = page << PAGE_SHIFT;
        fence(context, &address, only);
    }
}
