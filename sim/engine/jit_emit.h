// Between the files that write host code: instructions (jit_insn.c) and blocks of them
// (jit_emit.c).
//
//     RBP  hart_state, x first   R14  steps left      RBX RSI RDI R8 to R12  guest registers, see jit_held
//     R13  where address 0 of RAM would be            RAX RCX RDX            free within an instruction
//     R15  entries of the TLB set in force
//
// A block begins by subtracting its length from the steps left; where they do not suffice, and
// wherever the interpreter has to do an instruction, what was not executed is given back on the way
// out (`struct cold`).
#ifndef SIM_ENGINE_JIT_EMIT_H
#define SIM_ENGINE_JIT_EMIT_H

#include "sim/engine/jit.h"
#include "sim/engine/jit_x86.h"

extern const u8 jit_held[32]; // the host register that holds a guest register; 0 (RAX): none does

// A way out that is hardly ever taken, written behind the region.
struct cold {
    u8 *jump;      // comes from here
    u32 index;     // leaves at this record, or, far, is the branch taken there
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
