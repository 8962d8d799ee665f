// What a VMM does when its guest executes a privileged instruction: it does to the record of the
// VCPU (struct hart_state) what the hardware would do to a hart.
#include "hypervisor/clock.h"
#include "hypervisor/technique.h"
#include "hypervisor/trap.h"
#include "isa/arch/trap.h"

#define NEVER UINT64_MAX
#define SSTATUS_FIELDS (SSTATUS_SIE | SSTATUS_SPIE | SSTATUS_SPP | SSTATUS_SUM | SSTATUS_MXR)

// ---- reset: given

void hart_reset(struct hart_state *h, u32 entry, u32 hart, u32 device_tree)
{
    *h = (struct hart_state){.pc = entry, .mode = MODE_K, .run = HART_RUNNING, .stimecmp = NEVER};
    h->scounteren = SCOUNTEREN_MASK;
    h->x[X_A0] = hart;
    h->x[X_A1] = device_tree;
}

// ---- interrupts

u32 hart_pending(const struct hart_state *h, u64 now)
{
    u32 pending = h->sip & IP_SSIP;
    if (now >= h->stimecmp)
        pending |= IP_STIP;
    if (h->external)
        pending |= IP_SEIP;
    return pending;
}

u32 hart_interrupt(const struct hart_state *h, u64 now)
{
    u32 ready = hart_pending(h, now) & h->sie;
    if (h->mode == MODE_K && !(h->sstatus & SSTATUS_SIE))
        return 0;
    if (ready & IP_SEIP)
        return CAUSE_EXTERNAL;
    if (ready & IP_SSIP)
        return CAUSE_SOFTWARE;
    if (ready & IP_STIP)
        return CAUSE_TIMER;
    return 0;
}

bool hart_awake(const struct hart_state *h, u64 now)
{
    // sstatus.SIE does not count: a kernel may sleep with its interrupts closed.
    return (hart_pending(h, now) & h->sie) != 0;
}

u64 hart_deadline(const struct hart_state *h)
{
    return h->sie & IP_STIP ? h->stimecmp : NEVER;
}

// ---- traps

bool trap_enter(struct hart_state *h, u32 cause, u32 tval)
{
    struct hart_state before = *h;
    u32 base = h->stvec & ~3u;
    h->sepc = h->pc;
    h->scause = cause;
    h->stval = tval;
    h->sstatus &= ~(SSTATUS_SPP | SSTATUS_SPIE | SSTATUS_SIE);
    if (before.mode == MODE_K)
        h->sstatus |= SSTATUS_SPP;
    if (before.sstatus & SSTATUS_SIE)
        h->sstatus |= SSTATUS_SPIE;
    h->mode = MODE_K;
    h->pc = base;
    if ((h->stvec & 1) && (cause & CAUSE_INTERRUPT)) // vectored
        h->pc = base + 4 * (cause & ~CAUSE_INTERRUPT);
    return h->pc != before.pc || h->sepc != before.sepc || h->scause != before.scause ||
           h->stval != before.stval || h->sstatus != before.sstatus || h->mode != before.mode;
}

void trap_return(struct hart_state *h)
{
    u32 before = h->sstatus;
    h->pc = h->sepc;
    h->mode = before & SSTATUS_SPP ? MODE_K : MODE_U;
    h->sstatus &= ~(SSTATUS_SPP | SSTATUS_SIE);
    if (before & SSTATUS_SPIE)
        h->sstatus |= SSTATUS_SIE;
    h->sstatus |= SSTATUS_SPIE;
}

// ---- CSRs

// Bits 9:8 of the number are the least mode, where 0 is U. The CSRs of U are the counters, and
// scounteren has a bit for each of them.
static bool may_access(const struct hart_state *h, u32 number)
{
    if (h->mode == MODE_K)
        return true;
    if (number >> 8 & 3)
        return false;
    return h->scounteren >> (number & 31) & 1;
}

static bool is_read_only(u32 number)
{
    return (number >> 10 & 3) == 3;
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
    case CSR_satp:
        *value = h->satp;
        return true;
    case CSR_stimecmp:
        *value = (u32)h->stimecmp;
        return true;
    case CSR_stimecmph:
        *value = (u32)(h->stimecmp >> 32);
        return true;
    case CSR_time:
    case CSR_cycle:
        *value = (u32)now;
        return true;
    case CSR_timeh:
    case CSR_cycleh:
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
        h->sstatus = value & SSTATUS_FIELDS;
        return true;
    case CSR_sie:
        h->sie = value & (IP_SSIP | IP_STIP | IP_SEIP);
        return true;
    case CSR_stvec:
        if (!(value & 2)) // modes 2 and 3 do not exist
            h->stvec = value;
        return true;
    case CSR_scounteren:
        h->scounteren = value & 7;
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
    case CSR_satp:
        h->satp = value;
        return true;
    case CSR_stimecmp:
        h->stimecmp = (h->stimecmp >> 32 << 32) | value;
        return true;
    case CSR_stimecmph:
        h->stimecmp = (u64)value << 32 | (u32)h->stimecmp;
        return true;
    default:
        return false;
    }
}

static u32 new_value(u32 function, u32 old, u32 operand)
{
    switch (function & 3) {
    case 2:
        return old | operand; // csrrs
    case 3:
        return old & ~operand; // csrrc
    default:
        return operand; // csrrw
    }
}

static enum verdict emulate_csr(struct turn *t, u32 word)
{
    struct hart_state *h = &t->v->state;
    u32 number = word >> 20, rs1 = word >> 15 & 31, function = word >> 12 & 7, rd = word >> 7 & 31;
    u32 operand = function & 4 ? rs1 : h->x[rs1], old;
    bool writes = (function & 3) == 1 || rs1 != 0;
    if (!csr_read(h, number, clock_now(t), &old))
        return REFLECT;
    if (writes && !csr_write(h, number, new_value(function, old, operand)))
        return REFLECT;
    if (writes && number == CSR_satp)
        t->technique->switched(t);
    if (rd)
        h->x[rd] = old;
    return ADVANCE;
}

// ---- the other privileged instructions

static enum verdict emulate_fence(struct turn *t, struct decoded d)
{
    u32 address = t->v->state.x[d.rs1], asid = SATP_ASID(t->v->state.x[d.rs2] << 22);
    t->technique->fence(t, d.rs1 ? &address : NULL, d.rs2 ? &asid : NULL);
    return ADVANCE;
}

// The three instructions of the house of seed 1.
static enum verdict emulate_house(struct turn *t, struct decoded d)
{
    struct hart_state *h = &t->v->state;
    u32 a = h->x[d.rs1], b = h->x[d.rs2], result = h->x[d.rd];
    switch (d.insn) {
    case INSN_house0:
        result = (a << 9 | a >> 23) ^ b;
        break;
    case INSN_house6:
        h->sstatus &= ~SSTATUS_SUM;
        if (a >> 10 & 1)
            h->sstatus |= SSTATUS_SUM;
        break;
    case INSN_house8:
        result = h->sscratch ^ 0x72b2740b;
        break;
    default:
        return REFLECT;
    }
    if (d.rd)
        h->x[d.rd] = result;
    return ADVANCE;
}

enum verdict emulate_privileged(struct turn *t, struct outcome *out)
{
    u32 word = out->trap.insn;
    if (isa_is_csr(word))
        return emulate_csr(t, word);
    if (t->v->state.mode == MODE_U)
        return REFLECT;
    struct decoded d = isa_decode(word, ISA_HOUSE);
    switch (d.insn) {
    case INSN_sret:
        trap_return(&t->v->state);
        return JUMP;
    case INSN_wfi:
        return BLOCK;
    case INSN_sfence_vma:
        return emulate_fence(t, d);
    default:
        return emulate_house(t, d);
    }
}
