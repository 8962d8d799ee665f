// The control and status registers as an instruction meets them: which exist, who may touch them, and what a write
// leaves of its value (WARL).
// Source: RISC-V Privileged Specification 1.12, sections 2.1 and 4.1; the choices are csr.def's.
// Read next: isa/arch/sv32.h.
#include "isa/arch/hart.h"

#define SSTATUS_MASK (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR)
#define SIE_MASK (IP_SSIP | IP_STIP | IP_SEIP)
#define SCOUNTEREN_MASK 7u

// A CSR's number says who may touch it (section 2.1): bits 11:10 = 3 read-only, bits 9:8 the least mode, 0 for U.
static bool is_read_only(u32 number)
{
    return (number >> 10 & 3) == 3;
}

static bool is_privileged(u32 number)
{
    return number >> 8 & 3;
}

// The unprivileged ones are counters, and U sees those that scounteren shows; bit n of it is for number 0xc00 + n (and
// its high half).
static bool may_access(const struct hart_state *h, u32 number)
{
    if (h->mode == MODE_K)
        return true;
    return !is_privileged(number) && (h->scounteren >> (number & 31) & 1);
}

bool csr_read(const struct hart_state *h, u32 number, u64 now, u32 *value)
{
    if (!may_access(h, number))
        return false;
    switch (number) {
    case CSR_sstatus:
        *value = h->sstatus;
        return true;
    case CSR_sie:
        *value = h->sie;
        return true;
    case CSR_stvec:
        *value = h->stvec;
        return true;
    case CSR_scounteren:
        *value = h->scounteren;
        return true;
    case CSR_sscratch:
        *value = h->sscratch;
        return true;
    case CSR_sepc:
        *value = h->sepc;
        return true;
    case CSR_scause:
        *value = h->scause;
        return true;
    case CSR_stval:
        *value = h->stval;
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
    case CSR_satp:
        *value = h->satp;
        return true;
    case CSR_cycle:
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

bool csr_write(struct hart_state *h, u32 number, u32 value)
{
    if (!may_access(h, number) || is_read_only(number))
        return false;
    switch (number) {
    case CSR_sstatus:
        h->sstatus = value & SSTATUS_MASK;
        return true;
    case CSR_sie:
        h->sie = value & SIE_MASK;
        return true;
    case CSR_stvec:
        if (!(value & 2))
            h->stvec = value;
        return true;
    case CSR_scounteren:
        h->scounteren = value & SCOUNTEREN_MASK;
        return true;
    case CSR_sscratch:
        h->sscratch = value;
        return true;
    case CSR_sepc:
        h->sepc = value & ~3u;
        return true;
    case CSR_scause:
        h->scause = value;
        return true;
    case CSR_stval:
        h->stval = value;
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
    case CSR_satp:
        h->satp = value;
        return true;
    default:
        return false;
    }
}

// What a CSR instruction does with the old value: csrrw, csrrs, csrrc in bits 1:0 of funct3 (1, 2, 3).
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

bool csr_execute(struct hart_state *h, struct decoded insn, u64 now, bool *written)
{
    u32 number = (u32)insn.imm;
    u32 funct = insn.word >> 12 & 7; // bit 2: the immediate form
    u32 operand = funct & 4 ? insn.rs1 : h->x[insn.rs1];
    bool writes = (funct & 3) == 1 || insn.rs1 != 0;
    u32 old;
    *written = false;
    if (!csr_read(h, number, now, &old))
        return false;
    if (writes && !csr_write(h, number, combine(funct, old, operand)))
        return false;
    *written = writes;
    if (insn.rd)
        h->x[insn.rd] = old;
    return true;
}
