// What the files that write host code share: instructions (jit_insn.c, jit_memory.c) and blocks of
// them (jit_emit.c). Registers of the host:
//
//     RBP  the hart, with x first              RBX RSI RDI R8 to R12  guest registers: see jit_held
//     R13  the host address of address 0     RAX RCX RDX            free within an instruction
//     R14  the steps left
//     R15  the entries of the TLB set in force
//
// A block begins by subtracting its length from the steps left. If the steps do not suffice, a
// second copy of the block goes on, which counts each instruction (struct start). If the
// interpreter has to do an instruction, the way out gives back what was not executed (struct cold).
// Read next: sim/engine/jit_insn.c.
#ifndef SIM_ENGINE_JIT_EMIT_H
#define SIM_ENGINE_JIT_EMIT_H

#include "sim/engine/jit.h"
#include "sim/engine/jit_x86.h"

extern const u8 jit_held[32]; // the host register that holds a guest register; 0 (RAX): none does

// A way out that is hardly ever taken. It is written behind the region.
struct cold {
    u8 *jump;      // where it comes from
    u32 index;     // the record to leave at; if `far`, the branch that is taken
    u32 give_back; // steps
    bool far;
};

// A block and the jump out of its head, which is taken if too few steps are left for all of it.
struct start {
    u8 *jump;
    u32 index, length;
};

struct link {
    u8 *jump;
    u32 target; // index of a record of the page
};

struct emitter {
    struct x86 c;
    struct translator *t;
    struct jit_vars *vars;
    struct code_page *page;
    const u8 *marks;
    u32 index;         // of the record being translated
    u32 left_in_block; // instructions, this one included
    u32 starts, colds, links;
    struct start start[CODE_WORDS];
    struct cold cold[4 * CODE_WORDS];
    struct link link[2 * CODE_WORDS];
};

// Leaves at the record being translated, which gives `give_back` steps back.
static inline void emit_cold(struct emitter *e, u8 *jump, u32 give_back)
{
    e->cold[e->colds++] = (struct cold){jump, e->index, give_back, false};
}

// The far branch being translated is taken.
static inline void emit_cold_far(struct emitter *e, u8 *jump)
{
    e->cold[e->colds++] = (struct cold){jump, e->index, 0, true};
}

static inline void emit_link_to(struct emitter *e, u8 *jump, u32 target)
{
    e->link[e->links++] = (struct link){jump, target};
}

static inline const u8 *jit_way(const struct translator *t, u32 offset)
{
    return (const u8 *)t->jit + offset;
}

// ---- guest registers

#define NOT_HELD 0xffu
static inline u32 host_of(u32 guest)
{
    return jit_held[guest] ? jit_held[guest] : NOT_HELD;
}

static inline void op_guest(struct x86 *c, u32 op, u32 reg, u32 guest)
{
    if (host_of(guest) != NOT_HELD)
        x86_reg(c, false, op, reg, host_of(guest));
    else
        x86_mem(c, false, op, reg, RBP, (i32)guest * 4);
}

static inline void get_guest(struct x86 *c, u32 to, u32 guest)
{
    if (guest == 0)
        x86_reg(c, false, X86_XOR, to, to);
    else if (to != host_of(guest))
        op_guest(c, X86_LOAD, to, guest);
}

static inline void put_guest(struct x86 *c, u32 guest, u32 from)
{
    if (from != host_of(guest))
        op_guest(c, X86_STORE, from, guest);
}

// The host register to compute the new value of `guest` in. `at_once`: the old value is not needed
// any more.
static inline u32 target_of(u32 guest, bool at_once)
{
    return at_once && host_of(guest) != NOT_HELD ? host_of(guest) : (u32)RAX;
}

// ---- rows of the table of templates (jit_insn.c)

struct row;
typedef void template(struct emitter *e, const struct record *r, const struct row *row);

// How an operation is translated. An operation without a row, or without a template, is for the
// interpreter (FLOW_LEAVE is 0).
struct row {
    template *emit;
    u16 op;    // of the host: whatever the template needs
    u8 detail; // the same
    u8 flow;   // enum flow
};

// ---- jit_insn.c

// The record's own host code, its step being counted already.
void emit_insn(struct emitter *e, u32 index);
// to = the address of the record, plus imm
void emit_pc_plus(struct emitter *e, u32 to, u32 index, u32 imm);
// Goes on at RCX, an offset in struct jit; at 0 there is no code: leaves at record RAX / 4.
void emit_go_entry(struct x86 *c, const struct translator *t);

// ---- jit_memory.c: templates for the table, and what others need of them

template emit_load, emit_store, emit_amo, emit_lr, emit_sc;
// RAX = rs1 + imm
void emit_address(struct x86 *c, const struct record *r);
// Looks RAX up in the TLB: jumps away (the place is returned) unless its entry is there and quick,
// else RAX is the physical address. The low bits of the address are compared too, so what is
// misaligned is not there.
u8 *emit_find(struct x86 *c, enum access access, u32 bytes);

#endif
