// Looking at a machine without touching it: no TLB entry, no A or D bit, no tick. Contracts:
// scenarios/twin/parts.h.
#include "scenarios/twin/parts.h"

#include "isa/arch/house.h"

static bool load_word(void *context, u32 address, u32 *word)
{
    return machine_read(context, address, word, sizeof *word);
}

// With `adue` a walk sets A and D. A look must not, and nothing depends on it.
static bool store_nothing(void *context, u32 address, u32 word)
{
    (void)word;
    return machine_ram_has(context, address, 4);
}

enum view sight_view(const struct hart_state *h)
{
    return h->virt ? sv32_view(h->mode, h->sstatus) : VIEW_U;
}

// ---- guest mode

static struct h_state *extension_of(struct machine *m)
{
    return machine_hart_extension(m, machine_turn(m));
}

static u32 walk_both(struct machine *m, const struct hart_state *h, enum view view, gva va,
                     enum access access, mpa *to)
{
    const struct sv32_memory memory = {m, load_word, store_nothing};
    struct h_access who = h_access_of(h, extension_of(m), access);
    who.view = view;
    struct h_walk walk = h_translate(&memory, &who, va, machine_config(m)->adue);
    *to = walk.address;
    return walk.cause;
}

u32 sight_walk_root(struct machine *m, const struct hart_state *h, mpa *to)
{
    const struct sv32_memory memory = {m, load_word, store_nothing};
    struct h_access who = h_access_of(h, extension_of(m), ACCESS_READ);
    u64 root = (u64)SATP_PPN(h->satp) << PAGE_SHIFT;
    struct h_walk walk =
        h_translate_second(&memory, &who, root, HTINST_READ, machine_config(m)->adue);
    *to = walk.address;
    return walk.cause;
}

u32 sight_interrupt(struct machine *m, u32 hart)
{
    const struct hart_state *h = machine_hart(m, hart);
    bool has_h = machine_config(m)->profile & ISA_H;
    return h_interrupt(h, has_h ? machine_hart_extension(m, hart) : NULL, hart_time(h));
}

// ---- walks

u32 sight_walk(struct machine *m, const struct hart_state *h, enum view view, gva va,
               enum access access, mpa *to)
{
    *to = va;
    if (h->virt)
        return walk_both(m, h, view, va, access, to);
    if (!(h->satp & SATP_MODE))
        return 0;
    const struct sv32_memory memory = {m, load_word, store_nothing};
    struct sv32_walk walk =
        sv32_translate(&memory, h->satp, va, view, access, machine_config(m)->adue);
    *to = walk.address;
    return walk.cause;
}

static enum view view_of(const struct hart_state *h)
{
    return sv32_view(h->mode, h->sstatus);
}

bool sight_insn(struct machine *m, const struct hart_state *h, struct decoded *d)
{
    u32 word;
    mpa at;
    if (sight_walk(m, h, view_of(h), h->pc, ACCESS_FETCH, &at) || !machine_read(m, at, &word, 4))
        return false;
    *d = isa_decode(word, machine_config(m)->profile);
    return true;
}

// ---- loads and stores, by their opcodes (RISC-V Unprivileged Specification, chapter 24)

enum { OPCODE_LOAD = 0x03, OPCODE_STORE = 0x23, OPCODE_AMO = 0x2f, OPCODE_SYSTEM = 0x73 };

static u32 opcode_of(const struct decoded *d)
{
    return d->word & 0x7f;
}

static bool is_access(const struct decoded *d)
{
    u32 opcode = opcode_of(d);
    return opcode == OPCODE_LOAD || opcode == OPCODE_STORE || opcode == OPCODE_AMO;
}

static gva address_of(const struct hart_state *h, const struct decoded *d)
{
    return h->x[d->rs1] + (u32)d->imm;
}

bool sight_leaves_ram(struct machine *m, const struct hart_state *h, const struct decoded *d)
{
    mpa to;
    if (!is_access(d))
        return false;
    enum access access = opcode_of(d) == OPCODE_LOAD ? ACCESS_READ : ACCESS_WRITE;
    return sight_walk(m, h, view_of(h), address_of(h, d), access, &to) ||
           !machine_ram_has(m, to, 1);
}

static bool is_misaligned(const struct hart_state *h, const struct decoded *d)
{
    u32 size = 1u << (d->word >> 12 & 3);
    return is_access(d) && (address_of(h, d) & (size - 1));
}

bool sight_is_innocuous(struct machine *m, const struct hart_state *h, const struct decoded *d)
{
    // Of the instructions of a house, those that trap need a VMM, and the others do not exit.
    if (opcode_of(d) == OPCODE_SYSTEM || house_has(d->insn))
        return false;
    return !is_misaligned(h, d) && !sight_leaves_ram(m, h, d);
}
