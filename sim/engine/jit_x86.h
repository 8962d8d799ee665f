// An assembler for the part of x86-64 that the translator uses. Operations have 32 bits unless
// `wide`. Operands are in the order of Intel's manual. Source: Intel 64 Software Developer's
// Manual, volume 2, chapter 2 (ModRM, SIB, REX).
#ifndef SIM_ENGINE_JIT_X86_H
#define SIM_ENGINE_JIT_X86_H

#include "isa/types.h"

#include <string.h>

enum host { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15 };

// Operations `op reg, r/m`. Two bytes where the first is 0x0f.
enum {
    X86_ADD = 0x03,
    X86_OR = 0x0b,
    X86_AND = 0x23,
    X86_SUB = 0x2b,
    X86_XOR = 0x33,
    X86_CMP = 0x3b,
    X86_MOVSXD = 0x63,
    X86_TEST = 0x85,
    X86_STORE8 = 0x88,
    X86_STORE = 0x89,
    X86_STORE8_IMM = 0xc6, // a byte follows; reg is 0
    X86_LOAD = 0x8b,
    X86_LEA = 0x8d,
    X86_MOVE_IF = 0x0f40, // or-ed with a condition
    X86_IMUL = 0x0faf,
    X86_LOADZX8 = 0x0fb6,
    X86_LOADZX16 = 0x0fb7,
    X86_LOADSX8 = 0x0fbe,
    X86_LOADSX16 = 0x0fbf,
};
// Operations `op r/m, imm`, `op r/m, cl` or `op r/m`: an opcode whose register field says which.
enum {
    X86_GROUP1 = 0x81,
    X86_GROUP1_SMALL = 0x83, // with a signed byte
    X86_SHIFT = 0xc1,
    X86_SHIFT_CL = 0xd3,
    X86_GROUP3 = 0xf7,
    X86_GROUP5 = 0xff
};
enum {
    GROUP1_ADD = 0,
    GROUP1_OR = 1,
    GROUP1_AND = 4,
    GROUP1_SUB = 5,
    GROUP1_XOR = 6,
    GROUP1_CMP = 7
};
enum { SHIFT_LEFT = 4, SHIFT_RIGHT = 5, SHIFT_ARITHMETIC = 7 };
enum { GROUP3_TEST = 0, GROUP3_DIV = 6, GROUP3_IDIV = 7 };
enum { GROUP5_JMP = 4 };

// Condition codes, as in jcc and setcc.
enum {
    IF_BELOW = 2,
    IF_ABOVE_EQUAL = 3,
    IF_EQUAL = 4,
    IF_NOT_EQUAL = 5,
    IF_NEGATIVE = 8,
    IF_LESS = 12,
    IF_GREATER_EQUAL = 13
};

struct x86 {
    u8 *at;
};

static inline void x86_byte(struct x86 *c, u32 byte)
{
    *c->at++ = (u8)byte;
}

static inline void x86_word(struct x86 *c, u32 word)
{
    memcpy(c->at, &word, sizeof word);
    c->at += sizeof word;
}

// Prefix and opcode. A byte register beyond BL is only named with a REX prefix.
static inline void x86_op(struct x86 *c, bool wide, u32 op, u32 reg, u32 index, u32 base)
{
    u32 rex = (u32)wide << 3 | (reg >> 3) << 2 | (index >> 3) << 1 | base >> 3;
    if (rex || op == X86_STORE8)
        x86_byte(c, 0x40 | rex);
    if (op > 0xff)
        x86_byte(c, op >> 8);
    x86_byte(c, op);
}

static inline void x86_reg(struct x86 *c, bool wide, u32 op, u32 reg, u32 rm)
{
    x86_op(c, wide, op, reg, 0, rm);
    x86_byte(c, 0xc0 | (reg & 7) << 3 | (rm & 7));
}

// [base + displacement]; base is neither RSP nor R12.
static inline void x86_mem(struct x86 *c, bool wide, u32 op, u32 reg, u32 base, i32 displacement)
{
    bool small = displacement == (i8)displacement;
    x86_op(c, wide, op, reg, 0, base);
    x86_byte(c, (small ? 0x40u : 0x80u) | (reg & 7) << 3 | (base & 7));
    if (small)
        x86_byte(c, (u32)displacement);
    else
        x86_word(c, (u32)displacement);
}

// [base + index + displacement]
static inline void x86_indexed(struct x86 *c, u32 op, u32 reg, u32 base, u32 index,
                               u32 displacement)
{
    x86_op(c, false, op, reg, index, base);
    x86_byte(c, 0x84 | (reg & 7) << 3);
    x86_byte(c, (index & 7) << 3 | (base & 7));
    x86_word(c, displacement);
}

// A variable within 2 GiB of the code. No immediate may follow.
static inline void x86_var(struct x86 *c, bool wide, u32 op, u32 reg, const void *variable)
{
    x86_op(c, wide, op, reg, 0, 0);
    x86_byte(c, 0x05 | (reg & 7) << 3);
    x86_word(c, (u32)((const u8 *)variable - (c->at + 4)));
}

// Jumps: the place of the distance, for x86_land, is returned.
static inline u8 *x86_jump(struct x86 *c)
{
    x86_byte(c, 0xe9);
    x86_word(c, 0);
    return c->at;
}

static inline u8 *x86_jump_if(struct x86 *c, u32 condition)
{
    x86_byte(c, 0x0f);
    x86_byte(c, 0x80 | condition);
    x86_word(c, 0);
    return c->at;
}

static inline void x86_land(u8 *jump, const u8 *target)
{
    u32 distance = (u32)(target - jump);
    memcpy(jump - 4, &distance, sizeof distance);
}

static inline void x86_set_if(struct x86 *c, u32 condition) // AL
{
    x86_reg(c, false, 0x0f90 | condition, 0, RAX);
}

static inline void x86_set(struct x86 *c, u32 reg, u32 value)
{
    x86_op(c, false, 0xb8 | (reg & 7), 0, 0, reg);
    x86_word(c, value);
}

static inline void x86_push(struct x86 *c, u32 reg)
{
    x86_op(c, false, 0x50 | (reg & 7), 0, 0, reg);
}

static inline void x86_pop(struct x86 *c, u32 reg)
{
    x86_op(c, false, 0x58 | (reg & 7), 0, 0, reg);
}

#endif
