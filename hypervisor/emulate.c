// Privileged instructions. The guest kernel runs in real U, so each of them traps as an illegal
// instruction; here it is done to the VCPU what the hardware would do to a hart. The very same
// functions (isa/arch) do it for the machine's harts. Read next: hypervisor/device.c.
#include "hypervisor/shadow.h"
#include "hypervisor/trap.h"
#include "hypervisor/turn.h"
#include "isa/match.h"
#include "isa/arch/trap.h"

static enum verdict emulate_fence(const struct turn *t, u32 word)
{
    const u32 *x = t->v->state.x;
    u32 rs1 = word >> 15 & 31, rs2 = word >> 20 & 31;
    u32 address = x[rs1], asid = x[rs2] & 0x1ff;
    shadow_fence(t->hw, t->vmm, t->vm, rs1 ? &address : NULL, rs2 ? &asid : NULL);
    return ADVANCE;
}

// These are functions of their own so that the CSRs that are plain words, which most exits are
// about, need no stack.
__attribute__((noinline)) static enum verdict switch_tables(const struct turn *t)
{
    shadow_switch(t);
    return ADVANCE;
}

__attribute__((noinline)) static enum verdict emulate_csr(const struct turn *t, u32 word)
{
    bool written;
    return csr_execute(&t->v->state, word, turn_now(t), &written) ? ADVANCE : REFLECT;
}

__attribute__((noinline)) static enum verdict emulate_other(const struct turn *t, u32 word)
{
    if (t->v->state.mode == MODE_U)
        return REFLECT;
    if (isa_is(word, INSN_sret)) {
        trap_return(&t->v->state);
        return JUMP;
    }
    if (isa_is(word, INSN_sfence_vma))
        return emulate_fence(t, word);
    return isa_is(word, INSN_wfi) ? BLOCK : REFLECT;
}

enum verdict emulate_privileged(const struct turn *t, struct note *trap)
{
    u32 word = trap->insn;
    if (!isa_is_csr(word))
        return emulate_other(t, word);
    if (!csr_execute_plain(&t->v->state, word))
        return emulate_csr(t, word); // counters may be read in U, where scounteren allows it
    // The next hw_run looks at interrupts, view and satp anew; only a switch of tables wants a word
    // with the shadows.
    return word >> 20 == CSR_satp && csr_writes(word) ? switch_tables(t) : ADVANCE;
}
