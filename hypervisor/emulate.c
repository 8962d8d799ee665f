// Privileged instructions. The guest kernel runs in real U, so each of them traps as an illegal instruction; here it is done to the
// VCPU what the hardware would do to a hart. The very same functions (isa/arch) do it for the machine's harts.
// Read next: hypervisor/device.c.
#include "hypervisor/shadow.h"
#include "hypervisor/trap.h"

static enum verdict emulate_csr(const struct turn *t, struct decoded insn, u64 now)
{
    bool written;
    u32 satp = t->v->state.satp;
    if (!csr_execute(&t->v->state, insn, now, &written))
        return REFLECT;
    // The next hw_run looks at interrupts, view and satp anew; only a switch of tables wants a word with the shadows.
    if (written && insn.imm == CSR_satp && (t->v->state.satp != satp || t->vmm->policy == POLICY_DROP_ALL))
        shadow_switch(t);
    return ADVANCE;
}

static enum verdict emulate_fence(const struct turn *t, struct decoded insn)
{
    const u32 *x = t->v->state.x;
    u32 address = x[insn.rs1], asid = x[insn.rs2] & 0x1ff;
    shadow_fence(t->hw, t->vmm, t->vm, insn.rs1 ? &address : NULL, insn.rs2 ? &asid : NULL);
    return ADVANCE;
}

static bool is_csr(struct decoded insn)
{
    switch (insn.insn) {
    case INSN_csrrw:
    case INSN_csrrs:
    case INSN_csrrc:
    case INSN_csrrwi:
    case INSN_csrrsi:
    case INSN_csrrci:
        return true;
    }
    return false;
}

static u64 vcpu_now(const struct turn *t)
{
    return t->vmm->clock == VMM_CLOCK_VIRTUAL ? hart_time(&t->v->state) : hw_now(t->hw);
}

enum verdict emulate_privileged(const struct turn *t, struct trapped *trap)
{
    struct hart_state *s = &t->v->state;
    struct decoded insn = isa_decode(trap->insn, t->vmm->holes);
    if (is_csr(insn)) // counters may be read in U, where scounteren allows it
        return emulate_csr(t, insn, vcpu_now(t));
    if (s->mode == MODE_U)
        return REFLECT;
    switch (insn.insn) {
    case INSN_sret:
        trap_return(s);
        return JUMP;
    case INSN_wfi:
        return BLOCK;
    case INSN_sfence_vma:
        return emulate_fence(t, insn);
    }
    return REFLECT;
}
