// What the two files that write host code share: instructions (jit_insn.c) and blocks of them
// (jit_emit.c). Registers of the host:
//
//     RBP  hart_state, x first               RBX RSI RDI R8 to R12  guest registers: see jit_held
//     R13  the host address of address 0     RAX RCX RDX            free within an instruction
//     R14  the steps left
//     R15  the entries of the TLB set in force
//
// A block begins by subtracting its length from the steps left. If the steps do not suffice, or the
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
    u32 colds, links;
    struct cold cold[3 * CODE_WORDS];
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

// ---- jit_insn.c

// The record's own host code, its step being counted already.
void emit_insn(struct emitter *e, u32 index);
// to = the address of the record, plus imm
void emit_pc_plus(struct emitter *e, u32 to, u32 index, u32 imm);
// Looks RAX up in the TLB: jumps away (the place is returned) unless its entry is there and quick,
// else RAX is the physical address. The low bits of the address are compared too, so what is
// misaligned is not there.
u8 *emit_find(struct x86 *c, enum access access, u32 bytes);
// Goes on at RCX, an offset in struct jit; at 0 there is no code: leaves at record RAX / 4.
void emit_go_entry(struct x86 *c, const struct translator *t);

#endif
