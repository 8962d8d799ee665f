// Host code for one record: a table of templates by operation. Read sim/engine/jit_emit.h first.
// Read next: sim/engine/jit_memory.c.
#include "sim/engine/jit_emit.h"

#include <stddef.h>

_Static_assert(offsetof(struct hart_state, x) == 0, "RBP is where the registers are");

static void group1(struct x86 *c, u32 which, u32 guest, u32 imm)
{
    op_guest(c, X86_GROUP1, which, guest);
    x86_word(c, imm);
}

// Sets the host's flags as comparing two guest registers does.
static void compare(struct x86 *c, u32 a, u32 b)
{
    if (b == 0) {
        group1(c, GROUP1_CMP, a, 0);
        return;
    }
    u32 first = target_of(a, true);
    get_guest(c, first, a);
    op_guest(c, X86_CMP, first, b);
}

// ---- instructions

static void emit_nothing(struct emitter *e, const struct record *r, const struct row *row)
{
    (void)e, (void)r, (void)row;
}

static void emit_set(struct emitter *e, const struct record *r, const struct row *row)
{
    (void)row;
    x86_set(&e->c, target_of(r->rd, true), r->imm);
    put_guest(&e->c, r->rd, target_of(r->rd, true));
}

static void emit_move(struct emitter *e, const struct record *r, const struct row *row)
{
    (void)row;
    get_guest(&e->c, target_of(r->rd, true), r->rs1);
    put_guest(&e->c, r->rd, target_of(r->rd, true));
}

static void emit_binary(struct emitter *e, const struct record *r, const struct row *row)
{
    struct x86 *c = &e->c;
    bool swap = row->detail && r->rd == r->rs2;
    u32 a = swap ? r->rs2 : r->rs1, b = swap ? r->rs1 : r->rs2;
    u32 to = target_of(r->rd, r->rd != b || r->rd == a);
    get_guest(c, to, a);
    op_guest(c, row->op, to, b);
    put_guest(c, r->rd, to);
}

static void emit_immediate(struct emitter *e, const struct record *r, const struct row *row)
{
    struct x86 *c = &e->c;
    u32 to = target_of(r->rd, true), from = host_of(r->rs1);
    if (r->rd == r->rs1) {
        group1(c, row->op, r->rd, r->imm);
        return;
    }
    if (row->op == GROUP1_ADD && from != NOT_HELD && from != R12) {
        x86_mem(c, false, X86_LEA, to, from, (i32)r->imm);
    } else {
        get_guest(c, to, r->rs1);
        x86_reg(c, false, X86_GROUP1, row->op, to);
        x86_word(c, r->imm);
    }
    put_guest(c, r->rd, to);
}

static void emit_shift(struct emitter *e, const struct record *r, const struct row *row)
{
    struct x86 *c = &e->c;
    bool by = row->detail;
    u32 to = target_of(r->rd, true);
    if (!by)
        get_guest(c, RCX, r->rs2);
    get_guest(c, to, r->rs1);
    x86_reg(c, false, by ? X86_SHIFT : X86_SHIFT_CL, row->op, to);
    if (by)
        x86_byte(c, r->imm & 31);
    put_guest(c, r->rd, to);
}

static void emit_less(struct emitter *e, const struct record *r, const struct row *row)
{
    struct x86 *c = &e->c;
    if (row->detail)
        group1(c, GROUP1_CMP, r->rs1, r->imm);
    else
        compare(c, r->rs1, r->rs2);
    x86_set_if(c, row->op);
    x86_reg(c, false, X86_LOADZX8, RAX, RAX);
    put_guest(c, r->rd, RAX);
}

// Each operand is extended to 64 bits, by its sign or by zeros. So the low 64 bits of the product
// are exact, and the upper half of them is the result.
static void emit_high(struct emitter *e, const struct record *r, const struct row *row)
{
    struct x86 *c = &e->c;
    op_guest(c, X86_LOAD, RAX, r->rs1);
    op_guest(c, X86_LOAD, RCX, r->rs2);
    if (row->detail & 1)
        x86_reg(c, true, X86_MOVSXD, RAX, RAX);
    if (row->detail & 2)
        x86_reg(c, true, X86_MOVSXD, RCX, RCX);
    x86_reg(c, true, X86_IMUL, RAX, RCX);
    x86_reg(c, true, X86_SHIFT, SHIFT_RIGHT, RAX);
    x86_byte(c, 32);
    put_guest(c, r->rd, RAX);
}

// The interpreter does the divisions that would trap on the host.
static void emit_divide(struct emitter *e, const struct record *r, const struct row *row)
{
    struct x86 *c = &e->c;
    bool is_signed = row->op == GROUP3_IDIV;
    op_guest(c, X86_LOAD, RCX, r->rs2);
    x86_reg(c, false, X86_TEST, RCX, RCX);
    emit_cold(e, x86_jump_if(c, IF_EQUAL), e->left_in_block);
    if (is_signed) {
        x86_reg(c, false, X86_GROUP1, GROUP1_CMP, RCX);
        x86_word(c, 0xffffffffu);
        emit_cold(e, x86_jump_if(c, IF_EQUAL), e->left_in_block);
    }
    op_guest(c, X86_LOAD, RAX, r->rs1);
    if (is_signed)
        x86_byte(c, 0x99); // cdq
    else
        x86_reg(c, false, X86_XOR, RDX, RDX);
    x86_reg(c, false, X86_GROUP3, row->op, RCX);
    put_guest(c, r->rd, row->detail ? RDX : RAX);
}

// Reads a CSR that is a word of struct hart_state: see decode_csr in sim/engine/fast_decode.c.
// Where interrupts are closed, a write to the timer or to sie moves no deadline. They are closed in
// most handlers.
static void emit_csr(struct emitter *e, const struct record *r, const struct row *row)
{
    struct x86 *c = &e->c;
    i32 csr = (r->rs2 & CSR_WORD) * 4;
    x86_mem(c, false, X86_LOADZX8, RCX, RBP, offsetof(struct hart_state, mode));
    x86_reg(c, false, X86_GROUP1, GROUP1_CMP, RCX);
    x86_word(c, MODE_K);
    emit_cold(e, x86_jump_if(c, IF_NOT_EQUAL), e->left_in_block);
    if (row->detail && (r->rs2 & CSR_OF_INTERRUPTS)) {
        x86_mem(c, false, X86_GROUP3, GROUP3_TEST, RBP, offsetof(struct hart_state, sstatus));
        x86_word(c, SSTATUS_SIE);
        emit_cold(e, x86_jump_if(c, IF_NOT_EQUAL), e->left_in_block);
    }
    x86_mem(c, false, X86_LOAD, RAX, RBP, csr);
    if (row->detail) {
        op_guest(c, X86_LOAD, RCX, r->rs1);
        x86_reg(c, false, X86_GROUP1, GROUP1_AND, RCX);
        x86_word(c, r->imm);
        x86_mem(c, false, X86_STORE, RCX, RBP, csr);
    }
    if (r->rd)
        put_guest(c, r->rd, RAX);
}

void emit_pc_plus(struct emitter *e, u32 to, u32 index, u32 imm)
{
    x86_var(&e->c, false, X86_LOAD, to, &e->vars->va);
    x86_reg(&e->c, false, X86_GROUP1, GROUP1_ADD, to);
    x86_word(&e->c, index * 4 + imm);
}

static void emit_link(struct emitter *e, const struct record *r)
{
    if (!r->rd)
        return;
    u32 to = host_of(r->rd) != NOT_HELD ? host_of(r->rd) : (u32)RCX;
    emit_pc_plus(e, to, e->index, 4);
    put_guest(&e->c, r->rd, to);
}

void emit_go_entry(struct x86 *c, const struct translator *t)
{
    x86_reg(c, false, X86_TEST, RCX, RCX);
    x86_land(x86_jump_if(c, IF_EQUAL), jit_way(t, t->wanting));
    x86_var(c, true, X86_ADD, RCX, &t->jit->vars.jit);
    x86_reg(c, false, X86_GROUP5, GROUP5_JMP, RCX);
}

// Code of the same page is at hand. Code of another page is found through the TLB.
static void emit_indirect(struct emitter *e, const struct record *r, const struct row *row)
{
    (void)row;
    struct x86 *c = &e->c;
    emit_address(c, r);
    x86_reg(c, false, X86_GROUP1, GROUP1_AND, RAX);
    x86_word(c, ~1u);
    x86_reg(c, false, X86_GROUP3, GROUP3_TEST, RAX);
    x86_word(c, 2);
    emit_cold(e, x86_jump_if(c, IF_NOT_EQUAL), e->left_in_block);
    emit_link(e, r);
    x86_reg(c, false, X86_LOAD, RCX, RAX);
    x86_var(c, false, X86_XOR, RCX, &e->vars->va);
    x86_reg(c, false, X86_GROUP1, GROUP1_CMP, RCX);
    x86_word(c, PAGE_SIZE);
    x86_land(x86_jump_if(c, IF_ABOVE_EQUAL), jit_way(e->t, e->t->go_far));
    x86_var(c, true, X86_LOAD, RDX, &e->vars->entry);
    x86_reg(c, false, X86_LOAD, RAX, RCX);
    x86_indexed(c, X86_LOAD, RCX, RDX, RCX, 0);
    emit_go_entry(c, e->t);
}

static void emit_far(struct emitter *e, const struct record *r, const struct row *row)
{
    (void)row;
    emit_link(e, r);
    emit_pc_plus(e, RAX, e->index, r->imm);
    x86_land(x86_jump(&e->c), jit_way(e->t, e->t->go_far));
}

static void emit_branch(struct emitter *e, const struct record *r, const struct row *row)
{
    compare(&e->c, r->rs1, row->detail ? 0 : r->rs2);
    u8 *jump = x86_jump_if(&e->c, row->op);
    if (row->flow == FLOW_BRANCH_FAR)
        emit_cold_far(e, jump);
    else
        emit_link_to(e, jump, jit_target(r, e->index));
}

static void emit_jump(struct emitter *e, const struct record *r, const struct row *row)
{
    if (row->flow == FLOW_CALL)
        emit_link(e, r);
    emit_link_to(e, x86_jump(&e->c), jit_target(r, e->index));
}

static void emit_auipc(struct emitter *e, const struct record *r, const struct row *row)
{
    (void)row;
    emit_pc_plus(e, RAX, e->index, r->imm);
    put_guest(&e->c, r->rd, RAX);
}

// ---- the table

static const struct row rows[OP_COUNT] = {
    // detail: nothing
    [OP_nop] = {emit_nothing, 0, 0, FLOW_NEXT},
    [INSN_fence] = {emit_nothing, 0, 0, FLOW_NEXT},
    [INSN_fence_i] = {emit_nothing, 0, 0, FLOW_NEXT},
    [OP_li] = {emit_set, 0, 0, FLOW_NEXT},
    [OP_mv] = {emit_move, 0, 0, FLOW_NEXT},
    [INSN_auipc] = {emit_auipc, 0, 0, FLOW_NEXT},
    [INSN_addi] = {emit_immediate, GROUP1_ADD, 0, FLOW_NEXT},
    [INSN_xori] = {emit_immediate, GROUP1_XOR, 0, FLOW_NEXT},
    [INSN_ori] = {emit_immediate, GROUP1_OR, 0, FLOW_NEXT},
    [INSN_andi] = {emit_immediate, GROUP1_AND, 0, FLOW_NEXT},
    // detail: with an immediate
    [INSN_slt] = {emit_less, IF_LESS, false, FLOW_NEXT},
    [INSN_sltu] = {emit_less, IF_BELOW, false, FLOW_NEXT},
    [INSN_slti] = {emit_less, IF_LESS, true, FLOW_NEXT},
    [INSN_sltiu] = {emit_less, IF_BELOW, true, FLOW_NEXT},
    [INSN_sll] = {emit_shift, SHIFT_LEFT, false, FLOW_NEXT},
    [INSN_srl] = {emit_shift, SHIFT_RIGHT, false, FLOW_NEXT},
    [INSN_sra] = {emit_shift, SHIFT_ARITHMETIC, false, FLOW_NEXT},
    [INSN_slli] = {emit_shift, SHIFT_LEFT, true, FLOW_NEXT},
    [INSN_srli] = {emit_shift, SHIFT_RIGHT, true, FLOW_NEXT},
    [INSN_srai] = {emit_shift, SHIFT_ARITHMETIC, true, FLOW_NEXT},
    // detail: it commutes
    [INSN_add] = {emit_binary, X86_ADD, true, FLOW_NEXT},
    [INSN_sub] = {emit_binary, X86_SUB, false, FLOW_NEXT},
    [INSN_xor] = {emit_binary, X86_XOR, true, FLOW_NEXT},
    [INSN_or] = {emit_binary, X86_OR, true, FLOW_NEXT},
    [INSN_and] = {emit_binary, X86_AND, true, FLOW_NEXT},
    [INSN_mul] = {emit_binary, X86_IMUL, true, FLOW_NEXT},
    // detail: 1: rs1 is signed, 2: rs2 is
    [INSN_mulh] = {emit_high, 0, 3, FLOW_NEXT},
    [INSN_mulhsu] = {emit_high, 0, 1, FLOW_NEXT},
    [INSN_mulhu] = {emit_high, 0, 0, FLOW_NEXT},
    // detail: the remainder
    [INSN_div] = {emit_divide, GROUP3_IDIV, false, FLOW_NEXT},
    [INSN_divu] = {emit_divide, GROUP3_DIV, false, FLOW_NEXT},
    [INSN_rem] = {emit_divide, GROUP3_IDIV, true, FLOW_NEXT},
    [INSN_remu] = {emit_divide, GROUP3_DIV, true, FLOW_NEXT},
    // detail: bytes
    [INSN_lb] = {emit_load, X86_LOADSX8, 1, FLOW_NEXT},
    [INSN_lh] = {emit_load, X86_LOADSX16, 2, FLOW_NEXT},
    [INSN_lw] = {emit_load, X86_LOAD, 4, FLOW_NEXT},
    [INSN_lbu] = {emit_load, X86_LOADZX8, 1, FLOW_NEXT},
    [INSN_lhu] = {emit_load, X86_LOADZX16, 2, FLOW_NEXT},
    [INSN_sb] = {emit_store, X86_STORE8, 1, FLOW_NEXT},
    [INSN_sh] = {emit_store, X86_STORE, 2, FLOW_NEXT},
    [INSN_sw] = {emit_store, X86_STORE, 4, FLOW_NEXT},
    // op: what makes the new value of the old one; 0: nothing. detail: after a comparison
    [INSN_amoswap_w] = {emit_amo, 0, false, FLOW_NEXT},
    [INSN_amoadd_w] = {emit_amo, X86_ADD, false, FLOW_NEXT},
    [INSN_amoxor_w] = {emit_amo, X86_XOR, false, FLOW_NEXT},
    [INSN_amoand_w] = {emit_amo, X86_AND, false, FLOW_NEXT},
    [INSN_amoor_w] = {emit_amo, X86_OR, false, FLOW_NEXT},
    [INSN_amomin_w] = {emit_amo, X86_MOVE_IF | IF_LESS, true, FLOW_NEXT},
    [INSN_amomax_w] = {emit_amo, X86_MOVE_IF | IF_GREATER_EQUAL, true, FLOW_NEXT},
    [INSN_amominu_w] = {emit_amo, X86_MOVE_IF | IF_BELOW, true, FLOW_NEXT},
    [INSN_amomaxu_w] = {emit_amo, X86_MOVE_IF | IF_ABOVE_EQUAL, true, FLOW_NEXT},
    [INSN_lr_w] = {emit_lr, 0, 0, FLOW_NEXT},
    [INSN_sc_w] = {emit_sc, 0, 0, FLOW_NEXT},
    // detail: it writes
    [OP_csr_read] = {emit_csr, 0, false, FLOW_NEXT},
    [OP_csr_swap] = {emit_csr, 0, true, FLOW_NEXT},
    // detail: with zero
    [OP_beqz] = {emit_branch, IF_EQUAL, true, FLOW_BRANCH},
    [OP_bnez] = {emit_branch, IF_NOT_EQUAL, true, FLOW_BRANCH},
    [INSN_beq] = {emit_branch, IF_EQUAL, false, FLOW_BRANCH},
    [INSN_bne] = {emit_branch, IF_NOT_EQUAL, false, FLOW_BRANCH},
    [INSN_blt] = {emit_branch, IF_LESS, false, FLOW_BRANCH},
    [INSN_bge] = {emit_branch, IF_GREATER_EQUAL, false, FLOW_BRANCH},
    [INSN_bltu] = {emit_branch, IF_BELOW, false, FLOW_BRANCH},
    [INSN_bgeu] = {emit_branch, IF_ABOVE_EQUAL, false, FLOW_BRANCH},
    [OP_beq_far] = {emit_branch, IF_EQUAL, false, FLOW_BRANCH_FAR},
    [OP_bne_far] = {emit_branch, IF_NOT_EQUAL, false, FLOW_BRANCH_FAR},
    [OP_blt_far] = {emit_branch, IF_LESS, false, FLOW_BRANCH_FAR},
    [OP_bge_far] = {emit_branch, IF_GREATER_EQUAL, false, FLOW_BRANCH_FAR},
    [OP_bltu_far] = {emit_branch, IF_BELOW, false, FLOW_BRANCH_FAR},
    [OP_bgeu_far] = {emit_branch, IF_ABOVE_EQUAL, false, FLOW_BRANCH_FAR},
    // no detail
    [OP_j] = {emit_jump, 0, 0, FLOW_JUMP},
    [INSN_jal] = {emit_jump, 0, 0, FLOW_CALL},
    [OP_jal_far] = {emit_far, 0, 0, FLOW_AWAY_CALL},
    [OP_jr] = {emit_indirect, 0, 0, FLOW_AWAY},
    [INSN_jalr] = {emit_indirect, 0, 0, FLOW_AWAY_CALL},
    // the interpreter's, and no next record
    [INSN_sret] = {NULL, 0, 0, FLOW_LEAVE_END},
    [INSN_ebreak] = {NULL, 0, 0, FLOW_LEAVE_END},
    [INSN_ILLEGAL] = {NULL, 0, 0, FLOW_LEAVE_END},
};

enum flow jit_flow(const struct record *r)
{
    enum flow flow = (enum flow)rows[r->op].flow;
    bool away = flow == FLOW_BRANCH_FAR || r->op == OP_jal_far;
    if (away && r->imm % 4) // a trap, if it is taken
        return FLOW_LEAVE;
    if (r->op == OP_csr_swap && (r->rs2 & (CSR_WATCHED | CSR_OF_INTERRUPTS)) == CSR_WATCHED)
        return FLOW_LEAVE;
    return flow;
}

void emit_insn(struct emitter *e, u32 index)
{
    const struct record *r = &e->page->record[index];
    e->index = index;
    rows[r->op].emit(e, r, &rows[r->op]);
}
