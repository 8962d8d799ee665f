// Privileged instructions. The guest's kernel runs in real U, so each of them traps as an
// illegal instruction. The VMM does to the VCPU what the hardware would do to a hart. It calls
// the very functions that the machine calls for its harts (isa/arch). CSRs are in
// isa/arch/csr.c.
// Read next: hypervisor/gmem.c.
#include "hypervisor/clock.h"
#include "hypervisor/apart.h"
#include "hypervisor/technique.h"
#include "hypervisor/trap.h"
#include "isa/arch/house.h"
#include "isa/arch/trap.h"
#include "isa/match.h"

static enum verdict emulate_fence(struct turn *t, u32 word)
{
    const u32 *x = t->v->state.x;
    u32 rs1 = word >> 15 & 31, rs2 = word >> 20 & 31;
    u32 address = x[rs1], asid = x[rs2] & SATP_ASID(~0u);
    // x0 stands for "every one".
    t->technique->fence(t, rs1 ? &address : NULL, rs2 ? &asid : NULL);
    return ADVANCE;
}

// For a CSR that is more than a word of struct hart_state. The guest's programs may read
// counters in U, if scounteren allows it.
APART static enum verdict emulate_csr(struct turn *t, u32 word)
{
    bool written;
    return csr_execute(&t->v->state, word, clock_now(t), &written) ? ADVANCE : REFLECT;
}

// For an instruction that only machines of the profile `house` have, or that no machine has.
APART static enum verdict emulate_house(struct turn *t, u32 word)
{
    u32 profile = t->vmm->house;
    struct decoded d = house_decode(word, profile);
    bool done = house_has(d.insn) && house_execute(&t->v->state, d, profile, clock_now(t));
    return done ? ADVANCE : REFLECT;
}

APART static enum verdict emulate_other(struct turn *t, u32 word)
{
    if (t->v->state.mode == MODE_U)
        return REFLECT; // it is illegal for the guest's own programs: their kernel must know
    if (isa_is(word, INSN_sret)) {
        trap_return(&t->v->state);
        return JUMP;
    }
    if (isa_is(word, INSN_sfence_vma))
        return emulate_fence(t, word);
    if (isa_is(word, INSN_wfi))
        return BLOCK;
    return emulate_house(t, word);
}

// In guest mode only instructions come here that are illegal for the guest, too. None of these
// functions executes such an instruction, so it is reflected.
WITHIN enum verdict emulate_privileged(struct turn *t, struct outcome *out)
{
    u32 word = out->trap.insn;
    if (!isa_is_csr(word))
        return emulate_other(t, word);
    if (!csr_execute_plain(&t->v->state, word))
        return emulate_csr(t, word);
    // The write is done. Before the guest runs again, the run loop checks its interrupts and
    // chooses its shadow anyway. Only the policy `drop-all` has more to do when satp is written.
    if (word >> 20 == CSR_satp && csr_writes(word))
        t->technique->switched(t);
    return ADVANCE;
}
