// Exits of a VCPU with the hypervisor extension. Contracts: hypervisor/virtual_h.h.
//
// If the VMM must do an instruction in place of the hart, the hart raises a virtual instruction
// (cause 22) in guest mode, and an illegal instruction (cause 2) in real U. The instruction may
// be right for the VCPU, or it may be an illegal or a virtual instruction that the guest's own
// VMM must see. The functions of isa/arch decide this, because they treat the VCPU as a hart.
// Read next: hypervisor/virtual_h_run.c.
#include "hypervisor/virtual_h.h"
#include "hypervisor/apart.h"
#include "hypervisor/clock.h"
#include "hypervisor/device.h"
#include "hypervisor/merged.h"
#include "hypervisor/nacl.h"
#include "hypervisor/technique.h"
#include "isa/access.h"

// ---- hlv, hlvx and hsv

static enum verdict refuse(struct outcome *out, u32 cause, u32 tval)
{
    out->trap.cause = cause;
    out->trap.tval = tval;
    return REFLECT;
}

// For an access that used the translation of the guest's guest, although V = 0, and failed.
static enum verdict refuse_access(struct turn *t, struct outcome *out, u32 cause)
{
    t->fault.as_guest = true;
    return refuse(out, cause, t->v->state.x[isa_decode(out->trap.insn, ISA_H).rs1]);
}

static u32 misaligned(enum access access)
{
    return access == ACCESS_WRITE ? CAUSE_STORE_MISALIGNED : CAUSE_LOAD_MISALIGNED;
}

// Moves bytes between RAM, or a device, and *value. hlvx reads code, and no device holds any.
static bool move(struct turn *t, struct isa_access kind, gpa address, bool code, u32 *value)
{
    struct mapping ram;
    bool store = kind.kind == ISA_ACCESS_STORE;
    if (gmem_reach(t, address, store ? ACCESS_WRITE : ACCESS_READ, &ram) != REACHED)
        return !code && device_move(t, kind, address, value);
    return store ? gmem_write(t, address, value, kind.bytes)
                 : gmem_read(t, address, value, kind.bytes);
}

static enum verdict access_guest(struct turn *t, struct outcome *out, struct decoded d)
{
    struct hart_state *s = &t->v->state;
    struct isa_access kind = isa_access(d.insn);
    enum access access = kind.kind == ISA_ACCESS_STORE ? ACCESS_WRITE : ACCESS_READ;
    bool code = d.insn == INSN_hlvx_hu || d.insn == INSN_hlvx_wu;
    gva address = s->x[d.rs1];
    if (address & (kind.bytes - 1))
        return refuse_access(t, out, misaligned(access));
    struct sv32_memory memory = gmem_words(t);
    struct h_access who = h_access_for_guest(s, &t->v->h, access, code);
    struct h_walk walk = h_translate(&memory, &who, address, t->vmm->adue);
    t->fault.gpa = walk.gpa;
    t->fault.htinst = walk.htinst;
    if (walk.cause)
        return refuse_access(t, out, walk.cause);
    u32 value = access == ACCESS_WRITE ? s->x[d.rs2] : 0;
    if (!move(t, kind, walk.address, code, &value))
        return refuse_access(t, out, sv32_access_fault(access));
    if (access == ACCESS_READ && d.rd)
        s->x[d.rd] = isa_extend(kind, value);
    return t->vm->life == LIFE_ON ? ADVANCE : HALT; // the test device switches the power off
}

// ---- fences

// sfence.vma concerns the VCPU in its present mode, and hfence.vvma concerns the guest of the
// VCPU.
static enum verdict fence_first_stage(struct turn *t, struct decoded d)
{
    const u32 *x = t->v->state.x;
    u32 address = x[d.rs1], asid = x[d.rs2] & SATP_ASID(~0u);
    bool inner = d.insn == INSN_hfence_vvma || t->v->state.virt;
    void (*fence)(struct turn *, const gva *, const u32 *) =
        inner ? t->technique->fence_inner : t->technique->fence;
    fence(t, d.rs1 ? &address : NULL, d.rs2 ? &asid : NULL);
    return ADVANCE;
}

// The address, if there is one, is not read: a fence may always forget more than was asked for.
static enum verdict fence_second_stage(struct turn *t, struct decoded d)
{
    u32 vmid = t->v->state.x[d.rs2] & HGATP_VMID(~0u);
    t->technique->fence_second(t, d.rs2 ? &vmid : NULL);
    return ADVANCE;
}

// ---- all instructions

static bool is_root(u32 csr)
{
    return csr == CSR_satp || csr == CSR_vsatp || csr == CSR_hgatp;
}

// Returns true if this is one of the extension's own CSRs.
static bool is_of_h(const struct turn *t, u32 csr)
{
    u32 value;
    return h_csr_read(&t->v->h, csr, 0, &value);
}

static enum verdict execute_csr(struct turn *t, struct outcome *out)
{
    struct hart_state *s = &t->v->state;
    u32 word = out->trap.insn;
    bool written;
    u32 cause = h_csr_execute(s, &t->v->h, word, clock_now(t), &written);
    if (cause)
        return refuse(out, cause, word);
    if (written && !s->virt && is_of_h(t, word >> 20))
        nacl_changed(t, false);
    if (written && is_root(word >> 20))
        t->technique->switched(t);
    return ADVANCE;
}

// For an instruction that is neither of the extension nor of T32. A machine of the profile
// `house` may have it.
static enum verdict execute_other(struct turn *t, struct outcome *out)
{
    enum verdict verdict = emulate_privileged(t, out);
    return verdict == REFLECT ? refuse(out, CAUSE_ILLEGAL, out->trap.insn) : verdict;
}

static enum verdict execute(struct turn *t, struct outcome *out, struct decoded d)
{
    switch (d.insn) {
    case INSN_sret:
        h_trap_return(&t->v->state, &t->v->h);
        return JUMP;
    case INSN_wfi:
        return BLOCK;
    case INSN_sfence_vma:
    case INSN_hfence_vvma:
        return fence_first_stage(t, d);
    case INSN_hfence_gvma:
        return fence_second_stage(t, d);
    default:
        break;
    }
    if (d.insn >= INSN_hlv_b && d.insn <= INSN_hsv_w)
        return access_guest(t, out, d);
    return execute_other(t, out);
}

APART enum verdict virtual_h_instruction(struct turn *t, struct outcome *out)
{
    u32 word = out->trap.insn;
    if (isa_is_csr(word))
        return execute_csr(t, out);
    struct decoded d = isa_decode(word, ISA_H);
    u32 cause = h_refuses(&t->v->state, &t->v->h, d.insn);
    return cause ? refuse(out, cause, word) : execute(t, out, d);
}

// ---- guest page faults while V = 1

enum verdict virtual_h_page_fault(struct turn *t, struct outcome *out, enum access access,
                                  gpa *address)
{
    struct hw_guest_fault fault = hw_guest_fault(t->hw);
    // htval leaves out bits 1:0. They are 0 in the address of an entry of a page table.
    u64 gpa = (u64)fault.htval << 2 | (fault.htinst ? 0 : out->trap.tval & 3);
    struct sv32_memory memory = gmem_words(t);
    struct h_access who = h_access_of(&t->v->state, &t->v->h, access);
    struct h_walk walk = h_translate_second(&memory, &who, gpa, fault.htinst, t->vmm->adue);
    t->fault.gpa = walk.gpa;
    t->fault.htinst = walk.htinst;
    if (walk.cause)
        return refuse(out, walk.cause, out->trap.tval);
    enum access wanted = access;
    if (fault.htinst)
        wanted = fault.htinst == HTINST_WRITE ? ACCESS_WRITE : ACCESS_READ;
    struct mapping ram;
    if (gmem_reach(t, walk.address, wanted, &ram) == REACHED) {
        out->note.value = (u32)gpa;
        if (merged_fill(t, gpa, &walk, &ram))
            return FILL;
        t->vm->life = LIFE_LACK;
        return HALT;
    }
    // A page table of the guest's guest is not in the guest's RAM.
    if (fault.htinst)
        return refuse(out, sv32_access_fault(access), out->trap.tval);
    *address = walk.address;
    return RESUME;
}

// ---- traps of the VCPU

bool virtual_h_is_interrupt(const struct turn *t, u32 cause)
{
    return t->v->state.virt && (cause == CAUSE_GUEST_SOFTWARE || cause == CAUSE_GUEST_TIMER ||
                                cause == CAUSE_GUEST_EXTERNAL);
}

bool virtual_h_trap(struct turn *t, u32 cause, u32 tval)
{
    struct hart_state *s = &t->v->state;
    struct h_state *h = &t->v->h;
    struct h_trap trap =
        h_trap_of(cause, tval, s->virt || t->fault.as_guest, t->fault.gpa, t->fault.htinst);
    t->fault = (struct turn_fault){0};
    bool was_virtual = s->virt, changed = h_trap_enter(s, h, &trap);
    if (h->caught)
        s->run = HART_PARKED;
    if (!s->virt)
        nacl_changed(t, was_virtual);
    return changed || h->caught;
}

void virtual_h_took_traps(struct turn *t)
{
    struct h_state *h = &t->v->h;
    if (t->v->state.virt)
        return; // these were traps from V = 1 to V = 1
    h->hstatus &= ~(HSTATUS_SPV | HSTATUS_GVA);
    h->htval = h->htinst = 0;
    nacl_changed(t, false);
}
