// The legacy calls, each an extension of its own. They name harts by the *virtual* address of a
// mask, so the firmware has to walk the caller's page tables as the caller itself would.
// Read next: isa/board/firmware.c.
#include "isa/arch/sv32.h"
#include "isa/board/firmware_call.h"

static bool walk_load(void *context, u32 address, u32 *word)
{
    const struct board_wires *w = context;
    return w->memory_read(w->context, address, word, sizeof *word);
}

static bool walk_store(void *context, u32 address, u32 word)
{
    const struct board_wires *w = context;
    return w->memory_write(w->context, address, &word, sizeof word);
}

static bool read_byte(const struct sbi_call *c, gva from, u8 *byte)
{
    const struct board_wires *w = c->f->wires;
    const struct hart_state *h = c->caller;
    const struct sv32_memory memory = {(void *)w, walk_load, walk_store};
    gpa address = from;
    if (h->satp & SATP_MODE) {
        struct sv32_walk walk = sv32_translate(
            &memory, h->satp, from, sv32_view(MODE_K, h->sstatus), ACCESS_READ, c->f->adue);
        if (walk.cause)
            return false;
        address = walk.address;
    }
    return w->memory_read(w->context, address, byte, 1);
}

// Sets in *harts the harts that the mask at a virtual address names; address 0 stands for all
// harts. Unlike the later extensions, the legacy calls ignore harts that do not exist. Returns
// false if the mask cannot be read.
static bool harts_at(const struct sbi_call *c, gva from, u32 *harts)
{
    u32 all = sbi_all_harts(c);
    *harts = from ? 0 : all;
    for (u32 i = 0; from && i < 4; i++) {
        u8 byte;
        if (!read_byte(c, from + i, &byte))
            return false;
        *harts |= (u32)byte << 8 * i;
    }
    *harts &= all;
    return true;
}

static struct sbi_reply console_putchar(const struct sbi_call *c)
{
    c->f->wires->console_put(c->f->wires->context, (u8)c->arg[0]);
    return sbi_value(0);
}

static struct sbi_reply console_getchar(const struct sbi_call *c)
{
    return sbi_value((u32)board_receive(c->f->board, c->f->wires)); // -1 stands for "no input"
}

static struct sbi_reply clear_ipi(const struct sbi_call *c)
{
    c->caller->sip &= ~IP_SSIP;
    return sbi_value(0);
}

static struct sbi_reply send_ipi(const struct sbi_call *c)
{
    u32 harts;
    if (!harts_at(c, c->arg[0], &harts))
        return sbi_value((u32)SBI_INVALID_ADDRESS);
    sbi_send_ipi(c, harts);
    return sbi_value(0);
}

static struct sbi_reply fence(const struct sbi_call *c, enum fence_kind kind)
{
    u32 harts;
    if (!harts_at(c, c->arg[0], &harts))
        return sbi_value((u32)SBI_INVALID_ADDRESS);
    sbi_fence(c, harts, kind, c->arg[1], c->arg[2], c->arg[3]);
    return sbi_value(0);
}

static struct sbi_reply fence_i(const struct sbi_call *c)
{
    return fence(c, FENCE_I);
}

static struct sbi_reply sfence_vma(const struct sbi_call *c)
{
    return fence(c, FENCE_VMA);
}

static struct sbi_reply sfence_vma_asid(const struct sbi_call *c)
{
    return fence(c, FENCE_VMA_ASID);
}

static struct sbi_reply shut_down(const struct sbi_call *c)
{
    return sbi_off(c, POWER_OFF, 0);
}

struct sbi_reply sbi_legacy(const struct sbi_call *c, u32 extension)
{
    static struct sbi_reply (*const calls[SBI_LEGACY_CALLS])(const struct sbi_call *c) = {
        [SBI_LEGACY_SET_TIMER] = sbi_set_timer, [SBI_LEGACY_PUTCHAR] = console_putchar,
        [SBI_LEGACY_GETCHAR] = console_getchar, [SBI_LEGACY_CLEAR_IPI] = clear_ipi,
        [SBI_LEGACY_SEND_IPI] = send_ipi,       [SBI_LEGACY_FENCE_I] = fence_i,
        [SBI_LEGACY_SFENCE_VMA] = sfence_vma,   [SBI_LEGACY_SFENCE_VMA_ASID] = sfence_vma_asid,
        [SBI_LEGACY_SHUTDOWN] = shut_down,
    };
    return calls[extension](c);
}
