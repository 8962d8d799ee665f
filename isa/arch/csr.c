// The control and status registers as an instruction meets them: which of them exist, who may
// access them, and what a write leaves of its value (WARL). Source: RISC-V Privileged
// Specification 1.12, sections 2.1 and 4.1; T32's choices are in isa/csr.def.
// Read next: isa/arch/sv32.h.
#include "isa/arch/hart.h"

#define SSTATUS_MASK (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR)
#define SIE_MASK (IP_SSIP | IP_STIP | IP_SEIP)

// The number of a CSR says who may access it (section 2.1): it is read-only if bits 11:10 are 3,
// and bits 9:8 are the least mode, 0 for U.
static bool is_read_only(u32 number)
{
    return (number >> 10 & 3) == 3;
}

static bool is_privileged(u32 number)
{
    return number >> 8 & 3;
}

// K may access every CSR. The unprivileged CSRs are counters, and U may read those that scounteren
// shows: its bit n is for number 0xc00 + n and for the high half of that counter.
static bool may_access(const struct hart_state *h, u32 number)
{
    if (h->mode == MODE_K)
        return true;
    return !is_privileged(number) && (h->scounteren >> (number & 31) & 1);
}

// The CSRs that are a plain word of hart_state, of which a write keeps the bits in `mask`. The
// other CSRs are computed, or refuse values, and have code of their own below.
#define PLAIN_FIRST CSR_sstatus
static const struct plain {
    u32 offset, mask; // mask 0: not a plain word
} plains[] = {
#define PLAIN(name, mask) [CSR_##name - PLAIN_FIRST] = {offsetof(struct hart_state, name), mask}
    PLAIN(sstatus, SSTATUS_MASK),
    PLAIN(sie, SIE_MASK),
    PLAIN(scounteren, SCOUNTEREN_MASK),
    PLAIN(sscratch, ~0u),
    PLAIN(sepc, ~3u),
    PLAIN(scause, ~0u),
    PLAIN(stval, ~0u),
    PLAIN(satp, ~0u),
#undef PLAIN
};

bool csr_word(u32 number, u32 *offset, u32 *mask)
{
    u32 index = number - PLAIN_FIRST;
    if (index >= sizeof plains / sizeof *plains || !plains[index].mask)
        return false;
    *offset = plains[index].offset;
    *mask = plains[index].mask;
    return true;
}

static u32 *plain_word(const struct hart_state *h, u32 number, u32 *mask)
{
    u32 offset;
    return csr_word(number, &offset, mask) ? (u32 *)((u8 *)(uintptr_t)h + offset) : NULL;
}

// ---- the CSRs that are not plain words

static bool read_other(const struct hart_state *h, u32 number, u64 now, u32 *value)
{
    switch (number) {
    case CSR_stvec:
        *value = h->stvec;
        return true;
    case CSR_sip:
        *value = hart_pending(h, now);
        return true;
    case CSR_stimecmp:
        *value = (u32)h->stimecmp;
        return true;
    case CSR_stimecmph:
        *value = (u32)(h->stimecmp >> 32);
        return true;
    case CSR_cycle: // equal to time, whatever the clock
    case CSR_time:
        *value = (u32)now;
        return true;
    case CSR_cycleh:
    case CSR_timeh:
        *value = (u32)(now >> 32);
        return true;
    case CSR_instret:
        *value = (u32)h->retired;
        return true;
    case CSR_instreth:
        *value = (u32)(h->retired >> 32);
        return true;
    default:
        return false;
    }
}

static bool write_other(struct hart_state *h, u32 number, u32 value)
{
    switch (number) {
    case CSR_stvec:
        if (!(value & 2)) // modes 2 and 3 do not exist, and a write of one changes nothing
            h->stvec = value;
        return true;
    case CSR_sip:
        h->sip = value & IP_SSIP;
        return true;
    case CSR_stimecmp:
        h->stimecmp = (h->stimecmp & ~(u64)0xffffffffu) | value;
        return true;
    case CSR_stimecmph:
        h->stimecmp = (u64)value << 32 | (u32)h->stimecmp;
        return true;
    default:
        return false;
    }
}

// ---- one access, and a whole instruction

bool csr_read(const struct hart_state *h, u32 number, u64 now, u32 *value)
{
    u32 mask;
    if (!may_access(h, number))
        return false;
    const u32 *word = plain_word(h, number, &mask);
    if (!word)
        return read_other(h, number, now, value);
    *value = *word;
    return true;
}

bool csr_write(struct hart_state *h, u32 number, u32 value)
{
    u32 mask;
    if (!may_access(h, number) || is_read_only(number))
        return false;
    u32 *word = plain_word(h, number, &mask);
    if (!word)
        return write_other(h, number, value);
    *word = value & mask;
    return true;
}

// The new value of a CSR. Bits 1:0 of funct3 say which instruction it is: 1 csrrw, 2 csrrs, 3
// csrrc.
static u32 combine(u32 funct, u32 old, u32 operand)
{
    switch (funct & 3) {
    case 2:
        return old | operand;
    case 3:
        return old & ~operand;
    default:
        return operand;
    }
}

u32 csr_operand(const struct hart_state *h, u32 word)
{
    u32 rs1 = word >> 15 & 31;
    bool immediate = word >> 14 & 1;
    return immediate ? rs1 : h->x[rs1];
}

static void set_rd(struct hart_state *h, u32 word, u32 value)
{
    u32 rd = word >> 7 & 31;
    if (rd)
        h->x[rd] = value;
}

bool csr_execute_plain(struct hart_state *h, u32 word)
{
    u32 mask;
    u32 *plain = h->mode == MODE_K ? plain_word(h, word >> 20, &mask) : NULL;
    if (!plain)
        return false;
    u32 old = *plain;
    // csrrs and csrrc with x0 do not write. They have no bits to set or clear, and the old value
    // lies within the mask, so the same line serves them, too.
    *plain = combine(word >> 12, old, csr_operand(h, word)) & mask;
    set_rd(h, word, old);
    return true;
}

bool csr_execute(struct hart_state *h, u32 word, u64 now, bool *written)
{
    u32 number = word >> 20, old;
    *written = csr_writes(word);
    if (csr_execute_plain(h, word))
        return true;
    if (!csr_read(h, number, now, &old) ||
        (*written && !csr_write(h, number, combine(word >> 12, old, csr_operand(h, word))))) {
        *written = false;
        return false;
    }
    set_rd(h, word, old);
    return true;
}
