// Privileged instructions. The guest kernel runs in real U, so each of them traps as an illegal instruction; here it
// is done to the VCPU what the hardware would do to a hart. The very same functions (isa/arch) do it for the machine's
// harts.
// Read next: hypervisor/device.c.
#include "hypervisor/shadow.h"
#include "hypervisor/trap.h"
#include "hypervisor/turn.h"

static enum verdict emulate_csr(const struct turn *t, u32 word)
{
    bool written;
    u32 satp = t->v->state.satp;
    if (!csr_execute(&t->v->state, word, turn_now(t), &written))
        return REFLECT;
    // The next hw_run looks at interrupts, view and satp anew; only a switch of tables wants a word with the shadows.
    if (written && word >> 20 == CSR_satp && (t->v->state.satp != satp || t->vmm->policy == POLICY_DROP_ALL))
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

enum verdict emulate_privileged(const struct turn *t, struct note *trap)
{
    struct hart_state *s = &t->v->state;
    if (isa_is_csr(trap->insn)) // counters may be read in U, where scounteren allows it
        return emulate_csr(t, trap->insn);
    if (s->mode == MODE_U)
        return REFLECT;
    struct decoded insn = isa_decode(trap->insn, t->vmm->holes);
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
