// The meaning of every row of isa.def. The table at the end expands the rows themselves, so a row
// without a function does not compile. Sources: RISC-V Unprivileged Specification 20191213,
// chapters 2, 7, 8 and 9; Privileged Specification 1.12, chapter 4.
// Read next: sim/core/trap.c.
#include "sim/engine/exec.h"
#include "isa/access.h"
#include "isa/arch/house.h"
#include "sim/engine/arith.h"

// ---- operands and results

static u32 rs1(const struct step *s)
{
    return s->hart->state.x[s->d.rs1];
}

static u32 rs2(const struct step *s)
{
    return s->hart->state.x[s->d.rs2];
}

static u32 imm(const struct step *s)
{
    return (u32)s->d.imm;
}

static enum step_end set_rd(struct step *s, u32 value)
{
    // x0 is always 0.
    if (s->d.rd)
        s->hart->state.x[s->d.rd] = value;
    return STEP_RETIRES;
}

static enum step_end trap(struct step *s, u32 cause, u32 tval)
{
    s->cause = cause;
    s->tval = tval;
    return STEP_TRAPS;
}

static enum step_end exec_illegal(struct step *s)
{
    return trap(s, CAUSE_ILLEGAL, s->d.word);
}

// ---- registers: one line of arithmetic each

#define COMPUTE(name, value)                         \
    static enum step_end exec_##name(struct step *s) \
    {                                                \
        return set_rd(s, value);                     \
    }

// A right shift of a negative number brings copies of the sign in. C leaves that to the compiler,
// so it is written out here.
static u32 shift_right_signed(u32 value, u32 by)
{
    u32 sign = value >> 31 ? ~(0xffffffffu >> by) : 0;
    return value >> by | sign;
}

// A slti that writes x0 computes nothing, so the manual calls it a hint. One of these words is the
// hint by which a VMM tells its observers something (isa/note.h).
static enum step_end exec_slti(struct step *s)
{
    if (s->d.word == NOTE_HINT_A0)
        note_take(s->hart);
    return set_rd(s, (i32)rs1(s) < s->d.imm);
}

COMPUTE(lui, imm(s))
COMPUTE(auipc, s->hart->state.pc + imm(s))
COMPUTE(addi, rs1(s) + imm(s))
COMPUTE(sltiu, rs1(s) < imm(s))
COMPUTE(xori, rs1(s) ^ imm(s))
COMPUTE(ori, rs1(s) | imm(s))
COMPUTE(andi, rs1(s) & imm(s))
COMPUTE(slli, rs1(s) << imm(s))
COMPUTE(srli, rs1(s) >> imm(s))
COMPUTE(srai, shift_right_signed(rs1(s), imm(s)))
COMPUTE(add, rs1(s) + rs2(s))
COMPUTE(sub, rs1(s) - rs2(s))
COMPUTE(sll, rs1(s) << (rs2(s) & 31))
COMPUTE(slt, (i32)rs1(s) < (i32)rs2(s))
COMPUTE(sltu, rs1(s) < rs2(s))
COMPUTE(xor, rs1(s) ^ rs2(s))
COMPUTE(srl, rs1(s) >> (rs2(s) & 31))
COMPUTE(sra, shift_right_signed(rs1(s), rs2(s) & 31))
COMPUTE(or, rs1(s) | rs2(s))
COMPUTE(and, rs1(s) & rs2(s))

// ---- M

COMPUTE(mul, rs1(s) * rs2(s))
COMPUTE(mulh, (u32)((u64)((i64)(i32)rs1(s) * (i64)(i32)rs2(s)) >> 32))
COMPUTE(mulhsu, (u32)((u64)((i64)(i32)rs1(s) * (i64)(u64)rs2(s)) >> 32))
COMPUTE(mulhu, (u32)((u64)rs1(s) * rs2(s) >> 32))
COMPUTE(div, divide_signed(rs1(s), rs2(s)))
COMPUTE(divu, divide(rs1(s), rs2(s)))
COMPUTE(rem, remainder_signed(rs1(s), rs2(s)))
COMPUTE(remu, remainder_of(rs1(s), rs2(s)))

// ---- jumps and branches. A target that is not a multiple of 4 is a trap of the jump itself,
// before rd is written.

static enum step_end jump(struct step *s, u32 target)
{
    // An instruction lies at a multiple of 4. The jump itself traps, not the fetch at its target.
    if (target & 3)
        return trap(s, CAUSE_FETCH_MISALIGNED, target);
    s->next = target;
    return STEP_RETIRES;
}

static enum step_end jump_and_link(struct step *s, u32 target)
{
    // A jump that traps must not have changed its link register.
    enum step_end v = jump(s, target);
    return v == STEP_RETIRES ? set_rd(s, s->hart->state.pc + 4) : v;
}

static enum step_end exec_jal(struct step *s)
{
    return jump_and_link(s, s->hart->state.pc + imm(s));
}

static enum step_end exec_jalr(struct step *s)
{
    return jump_and_link(s, (rs1(s) + imm(s)) & ~1u);
}

#define BRANCH(name, condition)                                                \
    static enum step_end exec_##name(struct step *s)                           \
    {                                                                          \
        return condition ? jump(s, s->hart->state.pc + imm(s)) : STEP_RETIRES; \
    }

BRANCH(beq, rs1(s) == rs2(s))
BRANCH(bne, rs1(s) != rs2(s))
BRANCH(blt, (i32)rs1(s) < (i32)rs2(s))
BRANCH(bge, (i32)rs1(s) >= (i32)rs2(s))
BRANCH(bltu, rs1(s) < rs2(s))
BRANCH(bgeu, rs1(s) >= rs2(s))

// ---- memory

static enum step_end load(struct step *s, struct isa_access access)
{
    u32 value, tval;
    u32 cause = bus_load(s->hart, rs1(s) + imm(s), access.bytes, &value, &tval);
    if (cause)
        return trap(s, cause, tval);
    return set_rd(s, isa_extend(access, value));
}

// A store to the test device may switch the power off. Then the store is the last thing that
// happened, and it is not over.
static enum step_end store(struct step *s, struct isa_access access)
{
    u32 tval;
    u32 cause = bus_store(s->hart, rs1(s) + imm(s), access.bytes, rs2(s), &tval);
    if (cause)
        return trap(s, cause, tval);
    return s->hart->machine->core.power == POWER_ON ? STEP_RETIRES : STEP_HOLDS;
}

// Size and sign are those of the instruction's row in isa.def.
#define MOVE(name, what)                             \
    static enum step_end exec_##name(struct step *s) \
    {                                                \
        return what(s, isa_access(INSN_##name));     \
    }
MOVE(lb, load)
MOVE(lh, load)
MOVE(lw, load)
MOVE(lbu, load)
MOVE(lhu, load)
MOVE(sb, store)
MOVE(sh, store)
MOVE(sw, store)

// Harts take turns and keep program order, and a fetch sees every store. So a fence has nothing to
// wait for.
static enum step_end exec_fence(struct step *s)
{
    (void)s;
    return STEP_RETIRES;
}

static enum step_end exec_fence_i(struct step *s)
{
    (void)s;
    return STEP_RETIRES;
}

// ---- A. The reservation is one word of physical memory. An sc.w that is going to fail must be
// allowed to store all the same, or it traps.

static enum step_end exec_lr_w(struct step *s)
{
    mpa at;
    u32 cause = bus_atomic(s->hart, rs1(s), ACCESS_READ, &at);
    if (cause)
        return trap(s, cause, rs1(s));
    s->hart->extra.reserved = true;
    s->hart->extra.reservation = at;
    return set_rd(s, memory_load(s->hart->machine, at, 4));
}

static enum step_end exec_sc_w(struct step *s)
{
    mpa at;
    u32 cause = bus_atomic(s->hart, rs1(s), ACCESS_WRITE, &at);
    if (cause)
        return trap(s, cause, rs1(s));
    bool holds = s->hart->extra.reserved && s->hart->extra.reservation == at;
    s->hart->extra.reserved = false;
    s->hart->extra.reservation = 0;
    if (holds)
        memory_store(s->hart->machine, at, 4, rs2(s));
    return set_rd(s, !holds);
}

static enum step_end amo(struct step *s, u32 (*combine)(u32 memory, u32 operand))
{
    mpa at;
    u32 cause = bus_atomic(s->hart, rs1(s), ACCESS_WRITE, &at);
    if (cause)
        return trap(s, cause, rs1(s));
    u32 old = memory_load(s->hart->machine, at, 4);
    memory_store(s->hart->machine, at, 4, combine(old, rs2(s)));
    return set_rd(s, old);
}

#define AMO(name, value)                             \
    static u32 combine_##name(u32 a, u32 b)          \
    {                                                \
        (void)a;                                     \
        return value;                                \
    }                                                \
    static enum step_end exec_##name(struct step *s) \
    {                                                \
        return amo(s, combine_##name);               \
    }

AMO(amoswap_w, b)
AMO(amoadd_w, a + b)
AMO(amoxor_w, a ^ b)
AMO(amoand_w, a &b)
AMO(amoor_w, a | b)
AMO(amomin_w, (i32)a < (i32)b ? a : b)
AMO(amomax_w, (i32)a > (i32)b ? a : b)
AMO(amominu_w, a < b ? a : b)
AMO(amomaxu_w, a > b ? a : b)

// ---- Zicsr

static enum step_end csr(struct step *s)
{
    struct hart_state *h = &s->hart->state;
    bool written;
    if (hart_has_h(s->hart)) {
        u32 cause = h_csr_execute(h, &s->hart->extension, s->d.word, hart_time(h), &written);
        if (cause)
            return trap(s, cause, s->d.word);
        record_charged(s->hart, s->d.word);
        return STEP_RETIRES;
    }
    if (!csr_execute(h, s->d.word, hart_time(h), &written))
        return exec_illegal(s);
    return STEP_RETIRES;
}

static enum step_end exec_csrrw(struct step *s)
{
    return csr(s);
}

static enum step_end exec_csrrs(struct step *s)
{
    return csr(s);
}

static enum step_end exec_csrrc(struct step *s)
{
    return csr(s);
}

static enum step_end exec_csrrwi(struct step *s)
{
    return csr(s);
}

static enum step_end exec_csrrsi(struct step *s)
{
    return csr(s);
}

static enum step_end exec_csrrci(struct step *s)
{
    return csr(s);
}

// ---- the system

static enum step_end exec_ecall(struct step *s)
{
    if (s->hart->state.mode == MODE_U)
        return trap(s, CAUSE_ECALL_U, 0);
    if (s->hart->state.virt)
        return trap(s, CAUSE_ECALL_VK, 0);
    return trap_firmware(s->hart, s->d.word) ? STEP_RETIRES : STEP_HOLDS;
}

static enum step_end exec_ebreak(struct step *s)
{
    return trap(s, CAUSE_BREAKPOINT, s->hart->state.pc);
}

static enum step_end exec_sret(struct step *s)
{
    trap_return_charged(s->hart, s->hart->state.retired + 1);
    s->next = s->hart->state.pc;
    return STEP_RETIRES;
}

// The hart parks. Whether there is anything to wait for, the round finds out (isa/arch/round.h).
static enum step_end exec_wfi(struct step *s)
{
    s->hart->state.run = HART_PARKED;
    return STEP_RETIRES;
}

// The fence of a guest reaches only the translations of that guest.
void exec_fence_vma(struct hart *h, u32 rs1, u32 rs2)
{
    const u32 *va = rs1 ? &h->state.x[rs1] : NULL, *asid = rs2 ? &h->state.x[rs2] : NULL;
    u32 vmid = HGATP_VMID(h->extension.hgatp);
    if (h->state.virt)
        tlb_flush_guest(h->tlb, &vmid, va, asid);
    else
        tlb_flush(h->tlb, va, asid);
}

static enum step_end exec_sfence_vma(struct step *s)
{
    exec_fence_vma(s->hart, s->d.rs1, s->d.rs2);
    return STEP_RETIRES;
}

// ---- profile `holes`

COMPUTE(rdmode, s->hart->state.mode == MODE_K)
COMPUTE(pushst, s->hart->state.sstatus)

static enum step_end exec_popst(struct step *s)
{
    if (s->hart->state.mode == MODE_K)
        csr_write(&s->hart->state, CSR_sstatus, rs1(s));
    return STEP_RETIRES;
}

static enum step_end exec_jrst(struct step *s)
{
    enum step_end v = jump(s, rs1(s) & ~1u);
    if (v == STEP_RETIRES)
        s->hart->state.mode = MODE_U;
    return v;
}

// ---- profile `house`

static enum step_end house(struct step *s)
{
    struct hart_state *h = &s->hart->state;
    if (!house_execute(h, s->d, s->hart->machine->config.profile, hart_time(h)))
        return exec_illegal(s);
    return STEP_RETIRES;
}

#define HOUSE(name)                                  \
    static enum step_end exec_##name(struct step *s) \
    {                                                \
        return house(s);                             \
    }
HOUSE(house0)
HOUSE(house1)
HOUSE(house2)
HOUSE(house3)
HOUSE(house4)
HOUSE(house5)
HOUSE(house6)
HOUSE(house7)
HOUSE(house8)
HOUSE(house9)
HOUSE(house10)
HOUSE(house11)

// ---- profile `h`

static enum step_end exec_hfence_vvma(struct step *s)
{
    u32 va = rs1(s), asid = rs2(s), vmid = HGATP_VMID(s->hart->extension.hgatp);
    tlb_flush_guest(s->hart->tlb, &vmid, s->d.rs1 ? &va : NULL, s->d.rs2 ? &asid : NULL);
    return STEP_RETIRES;
}

// The TLB knows no guest physical addresses, so every translation of the VMID goes.
static enum step_end exec_hfence_gvma(struct step *s)
{
    u32 vmid = rs2(s);
    tlb_flush_guest(s->hart->tlb, s->d.rs2 ? &vmid : NULL, NULL, NULL);
    return STEP_RETIRES;
}

// A load or store by the guest's translation. The trap, if there is one, is of an address of the
// guest; it is taken before access_as is forgotten (exec_step).
static enum step_end as_guest(struct step *s, enum access_as who, enum insn insn)
{
    struct isa_access access = isa_access(insn);
    s->hart->access_as = (u8)who;
    return access.kind == ISA_ACCESS_STORE ? store(s, access) : load(s, access);
}

#define AS_GUEST(name, who)                          \
    static enum step_end exec_##name(struct step *s) \
    {                                                \
        return as_guest(s, who, INSN_##name);        \
    }
AS_GUEST(hlv_b, ACCESS_AS_GUEST)
AS_GUEST(hlv_bu, ACCESS_AS_GUEST)
AS_GUEST(hlv_h, ACCESS_AS_GUEST)
AS_GUEST(hlv_hu, ACCESS_AS_GUEST)
AS_GUEST(hlv_w, ACCESS_AS_GUEST)
AS_GUEST(hlvx_hu, ACCESS_AS_GUEST_CODE)
AS_GUEST(hlvx_wu, ACCESS_AS_GUEST_CODE)
AS_GUEST(hsv_b, ACCESS_AS_GUEST)
AS_GUEST(hsv_h, ACCESS_AS_GUEST)
AS_GUEST(hsv_w, ACCESS_AS_GUEST)

enum step_end (*const exec_table[INSN_COUNT])(struct step *s) = {
    [INSN_ILLEGAL] = exec_illegal,
#define INSN(name, ...) [INSN_##name] = exec_##name,
#include "isa/isa.def"
#undef INSN
};

static enum step_end execute(struct step *s)
{
    if (hart_has_h(s->hart)) {
        u32 cause = h_refuses(&s->hart->state, &s->hart->extension, s->d.insn);
        return cause ? trap(s, cause, s->d.word) : exec_table[s->d.insn](s);
    }
    if (isa_insns[s->d.insn].privileged && s->hart->state.mode == MODE_U)
        return exec_illegal(s);
    return exec_table[s->d.insn](s);
}

// An instruction that holds (see enum step_end) is a step all the same. Otherwise a run could not
// end there.
void exec_step(struct hart *h, struct decoded d)
{
    struct step s = {.hart = h, .d = d, .next = h->state.pc + 4};
    enum step_end outcome = execute(&s);
    if (outcome == STEP_TRAPS)
        trap_take(h, s.cause, s.tval, d.word);
    h->access_as = ACCESS_AS_ITSELF;
    if (outcome == STEP_TRAPS)
        return;
    if (outcome == STEP_RETIRES) {
        h->state.pc = s.next;
        h->state.retired++;
    }
    h->machine->core.steps++;
}
