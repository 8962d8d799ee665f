// What a VMM does when its guest executes a privileged instruction: it does to the record of the
// VCPU (struct hart_state) what the hardware would do to a hart.
//
// What hart_reset does is given, and so is sfence.vma. All that is marked with "yours" is yours. A
// VMM keeps what it knows in its own pages, so there are no variables outside of functions.
#include "hypervisor/clock.h"
#include "hypervisor/technique.h"
#include "hypervisor/trap.h"
#include "isa/arch/trap.h"

#define NEVER UINT64_MAX

// ---- reset: given

void hart_reset(struct hart_state *h, u32 entry, u32 hart, u32 device_tree)
{
    *h = (struct hart_state){.pc = entry, .mode = MODE_K, .run = HART_RUNNING, .stimecmp = NEVER};
    h->scounteren = SCOUNTEREN_MASK;
    h->x[X_A0] = hart;
    h->x[X_A1] = device_tree;
}

// ---- interrupts: yours. Contracts: isa/arch/hart.h

u32 hart_pending(const struct hart_state *h, u64 now)
{
    (void)h;
    (void)now;
    return 0;
}

u32 hart_interrupt(const struct hart_state *h, u64 now)
{
    (void)h;
    (void)now;
    return 0;
}

bool hart_awake(const struct hart_state *h, u64 now)
{
    (void)h;
    (void)now;
    return true;
}

u64 hart_deadline(const struct hart_state *h)
{
    (void)h;
    return NEVER;
}

// ---- traps: yours. Contracts: isa/arch/trap.h

bool trap_enter(struct hart_state *h, u32 cause, u32 tval)
{
    (void)h;
    (void)cause;
    (void)tval;
    return false;
}

void trap_return(struct hart_state *h)
{
    (void)h;
}

// ---- CSRs: yours. Contracts: isa/arch/hart.h

bool csr_read(const struct hart_state *h, u32 number, u64 now, u32 *value)
{
    (void)h;
    (void)number;
    (void)now;
    (void)value;
    return false;
}

bool csr_write(struct hart_state *h, u32 number, u32 value)
{
    (void)h;
    (void)number;
    (void)value;
    return false;
}

// One of csrrw, csrrs, csrrc and their immediate forms. clock_now(t) is the guest's time. After a
// write of satp call t->technique->switched(t).
static enum verdict emulate_csr(struct turn *t, u32 word)
{
    (void)t;
    (void)word;
    return REFLECT;
}

// ---- the other privileged instructions

// Given: sfence.vma, executed in virtual K.
static enum verdict emulate_fence(struct turn *t, struct decoded d)
{
    u32 address = t->v->state.x[d.rs1], asid = SATP_ASID(t->v->state.x[d.rs2] << 22);
    t->technique->fence(t, d.rs1 ? &address : NULL, d.rs2 ? &asid : NULL);
    return ADVANCE;
}

// Yours: an illegal instruction in real U. out->trap.insn is its word. The verdicts are explained
// in hypervisor/trap.h; which instruction a word is, isa_decode says (isa/isa.h). Your sheet says
// which instructions the machine has beside those of T32.
enum verdict emulate_privileged(struct turn *t, struct outcome *out)
{
    u32 word = out->trap.insn;
    if (isa_is_csr(word))
        return emulate_csr(t, word);
    struct decoded d = isa_decode(word, ISA_HOUSE);
    return d.insn == INSN_sfence_vma ? emulate_fence(t, d) : REFLECT;
}
