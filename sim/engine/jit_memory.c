// Host code for loads, stores and atomics: where a guest register is, how the TLB is asked, and how
// the bytes are moved. Read sim/engine/jit_emit.h first.
// Read next: sim/engine/jit_emit.c.
#include "sim/engine/jit_emit.h"

#include <stddef.h>

#define A(n) (10 + (n))
#define INDEX_OF_PAGE ((TLB_ENTRIES - 1) * (u32)sizeof(struct tlb_entry))
#define INDEX_SHIFT (PAGE_SHIFT - 3) // from an address to its entry's offset in a TLB
_Static_assert(sizeof(struct tlb_entry) == 8, "an entry's offset is a shift");
_Static_assert(offsetof(struct hart, state) == 0, "RBP is where the hart is");

// The guest registers that compilers use most. There is one table for all code, so any of it can
// jump to any other.
const u8 jit_held[32] = {[A(0)] = RBX, [A(1)] = RSI, [A(2)] = RDI, [A(3)] = R8,
                         [A(4)] = R9,  [A(5)] = R10, [A(6)] = R12, [2] = R11};

void emit_address(struct x86 *c, const struct record *r)
{
    u32 from = host_of(r->rs1);
    if (from != NOT_HELD && from != R12) {
        x86_mem(c, false, X86_LEA, RAX, from, (i32)r->imm);
        return;
    }
    op_guest(c, X86_LOAD, RAX, r->rs1);
    if (r->imm) {
        x86_reg(c, false, X86_GROUP1, GROUP1_ADD, RAX);
        x86_word(c, r->imm);
    }
}

u8 *emit_find(struct x86 *c, enum access access, u32 bytes)
{
    u32 entries = access * TLB_ENTRIES * (u32)sizeof(struct tlb_entry);
    x86_reg(c, false, X86_LOAD, RCX, RAX);
    x86_reg(c, false, X86_SHIFT, SHIFT_RIGHT, RCX);
    x86_byte(c, INDEX_SHIFT);
    x86_reg(c, false, X86_GROUP1, GROUP1_AND, RCX);
    x86_word(c, INDEX_OF_PAGE);
    x86_reg(c, false, X86_LOAD, RDX, RAX);
    x86_reg(c, false, X86_GROUP1, GROUP1_AND, RDX);
    x86_word(c, ~(PAGE_SIZE - bytes));
    x86_indexed(c, X86_CMP, RDX, R15, RCX, entries + offsetof(struct tlb_entry, tag));
    u8 *jump = x86_jump_if(c, IF_NOT_EQUAL);
    x86_indexed(c, X86_ADD, RAX, R15, RCX, entries + offsetof(struct tlb_entry, delta));
    return jump;
}

void emit_load(struct emitter *e, const struct record *r, const struct row *row)
{
    u32 to = target_of(r->rd, true);
    emit_address(&e->c, r);
    emit_cold(e, emit_find(&e->c, ACCESS_READ, row->detail), e->left_in_block);
    x86_indexed(&e->c, row->op, to, R13, RAX, 0);
    put_guest(&e->c, r->rd, to);
}

void emit_store(struct emitter *e, const struct record *r, const struct row *row)
{
    u32 from = host_of(r->rs2);
    emit_address(&e->c, r);
    emit_cold(e, emit_find(&e->c, ACCESS_WRITE, row->detail), e->left_in_block);
    if (from == NOT_HELD) {
        from = RCX;
        get_guest(&e->c, RCX, r->rs2);
    }
    if (row->detail == 2)
        x86_byte(&e->c, 0x66); // 16 bits
    x86_indexed(&e->c, row->op, from, R13, RAX, 0);
}

// ---- atomics. Only one hart runs at a time, so a load and a store are atomic together.

// RAX = the physical address of an atomic's word, in rs1
static void emit_find_atomic(struct emitter *e, const struct record *r, enum access access)
{
    op_guest(&e->c, X86_LOAD, RAX, r->rs1);
    emit_cold(e, emit_find(&e->c, access, 4), e->left_in_block);
}

void emit_amo(struct emitter *e, const struct record *r, const struct row *row)
{
    struct x86 *c = &e->c;
    emit_find_atomic(e, r, ACCESS_WRITE);
    x86_indexed(c, X86_LOAD, RDX, R13, RAX, 0);
    get_guest(c, RCX, r->rs2);
    if (row->detail) // the less or the greater one
        x86_reg(c, false, X86_CMP, RDX, RCX);
    if (row->op)
        x86_reg(c, false, row->op, RCX, RDX);
    x86_indexed(c, X86_STORE, RCX, R13, RAX, 0);
    if (r->rd)
        put_guest(c, r->rd, RDX);
}

static void emit_reserved(struct x86 *c, bool reserved)
{
    x86_mem(c, false, X86_STORE8_IMM, 0, RBP, offsetof(struct hart, extra.reserved));
    x86_byte(c, reserved);
}

void emit_lr(struct emitter *e, const struct record *r, const struct row *row)
{
    (void)row;
    struct x86 *c = &e->c;
    emit_find_atomic(e, r, ACCESS_READ);
    x86_mem(c, false, X86_STORE, RAX, RBP, offsetof(struct hart, extra.reservation));
    emit_reserved(c, true);
    x86_indexed(c, X86_LOAD, RDX, R13, RAX, 0);
    if (r->rd)
        put_guest(c, r->rd, RDX);
}

// The reservation ends whether it holds or not. RDX becomes 0 if it holds.
void emit_sc(struct emitter *e, const struct record *r, const struct row *row)
{
    (void)row;
    struct x86 *c = &e->c;
    emit_find_atomic(e, r, ACCESS_WRITE);
    x86_mem(c, false, X86_LOADZX8, RDX, RBP, offsetof(struct hart, extra.reserved));
    x86_reg(c, false, X86_GROUP1, GROUP1_XOR, RDX);
    x86_word(c, true);
    x86_mem(c, false, X86_LOAD, RCX, RBP, offsetof(struct hart, extra.reservation));
    x86_reg(c, false, X86_XOR, RCX, RAX);
    x86_reg(c, false, X86_OR, RDX, RCX);
    emit_reserved(c, false);
    x86_reg(c, false, X86_XOR, RCX, RCX);
    x86_mem(c, false, X86_STORE, RCX, RBP, offsetof(struct hart, extra.reservation));
    x86_reg(c, false, X86_TEST, RDX, RDX);
    u8 *fails = x86_jump_if(c, IF_NOT_EQUAL);
    get_guest(c, RCX, r->rs2);
    x86_indexed(c, X86_STORE, RCX, R13, RAX, 0);
    x86_land(fails, c->at);
    x86_reg(c, false, X86_TEST, RDX, RDX);
    x86_set_if(c, IF_NOT_EQUAL);
    x86_reg(c, false, X86_LOADZX8, RAX, RAX);
    if (r->rd)
        put_guest(c, r->rd, RAX);
}
