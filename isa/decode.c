// Words to struct decoded and back. Opcode and funct3 choose a bucket, a bucket has a few
// candidates, and the candidate whose fixed bits agree with the word is the instruction.
// Freestanding: no libc, and no pointers in the tables, so a loader has nothing to relocate.
// Read next: isa/match.h.
#include "isa/isa.h"

// Where the bits of an immediate stand (RISC-V Unprivileged Specification, figure 2.4).
enum immediate { NONE, I, S, B, U, J, SHAMT, CSR };

struct encoding {
    u32 mask, match;
    u8 immediate;    // enum immediate
    u8 rd, rs1, rs2; // masks: 31 if the format has the field, else 0
};

static const struct encoding encodings[INSN_COUNT] = {
#define ENCODING(name, mnemonic, mask, match, immediate, rd, rs1, rs2) \
    [INSN_##name] = {mask, match, immediate, 31 * rd, 31 * rs1, 31 * rs2},
#include "isa_table.inc"
#undef ENCODING
};

static const u8 needed_profile[INSN_COUNT] = {
#define INSN(name, pattern, format, profile, ...) [INSN_##name] = ISA_##profile,
#include "isa/isa.def"
#undef INSN
};

static const u8 bucket_start[257] = {
#define BUCKET(start) start,
#include "isa_table.inc"
#undef BUCKET
};

static const u8 candidates[] = {
#define CANDIDATE(name) INSN_##name,
#include "isa_table.inc"
#undef CANDIDATE
};

// Bits high:low of a word, moved down to bit `to`.
static u32 bits(u32 word, int high, int low, int to)
{
    return (word >> low & (0xffffffffu >> (31 - (high - low)))) << to;
}

// The immediate of a word. Every signed immediate has its sign in bit 31, so that hardware can
// extend the sign before it knows the format.
static i32 immediate_of(u32 word, enum immediate kind)
{
    u32 sign = (i32)word < 0 ? 0xffffffffu : 0;
    switch (kind) {
    case I:
        return (i32)(sign << 11 | bits(word, 30, 20, 0));
    case S:
        return (i32)(sign << 11 | bits(word, 30, 25, 5) | bits(word, 11, 7, 0));
    case B:
        return (i32)(sign << 12 | bits(word, 7, 7, 11) | bits(word, 30, 25, 5) |
                     bits(word, 11, 8, 1));
    case U:
        return (i32)(word & 0xfffff000u);
    case J:
        return (i32)(sign << 20 | bits(word, 19, 12, 12) | bits(word, 20, 20, 11) |
                     bits(word, 30, 21, 1));
    case SHAMT:
        return (i32)bits(word, 24, 20, 0);
    case CSR:
        return (i32)bits(word, 31, 20, 0);
    case NONE:
        break;
    }
    return 0;
}

// The inverse: the bits of a word that hold the immediate.
static u32 immediate_bits(u32 imm, enum immediate kind)
{
    switch (kind) {
    case I:
    case CSR:
        return bits(imm, 11, 0, 20);
    case S:
        return bits(imm, 11, 5, 25) | bits(imm, 4, 0, 7);
    case B:
        return bits(imm, 12, 12, 31) | bits(imm, 10, 5, 25) | bits(imm, 4, 1, 8) |
               bits(imm, 11, 11, 7);
    case U:
        return imm & 0xfffff000u;
    case J:
        return bits(imm, 20, 20, 31) | bits(imm, 10, 1, 21) | bits(imm, 11, 11, 20) |
               bits(imm, 19, 12, 12);
    case SHAMT:
        return bits(imm, 4, 0, 20);
    case NONE:
        break;
    }
    return 0;
}

struct decoded isa_decode(u32 word, u32 profile)
{
    struct decoded d = {.word = word, .insn = INSN_ILLEGAL};
    // Bits 1:0 of every instruction of 32 bits are 1, so they choose nothing.
    // Bits 1:0 are not in the bucket, but in every row's mask.
    u32 bucket = (word >> 2 & 31) << 3 | (word >> 12 & 7);
    for (u32 i = bucket_start[bucket]; i < bucket_start[bucket + 1]; i++) {
        const struct encoding *e = &encodings[candidates[i]];
        // The fixed bits must agree, and the machine must have the profile of this row.
        if ((word & e->mask) != e->match || (needed_profile[candidates[i]] & ~profile))
            continue;
        d.insn = candidates[i];
        // A field that the format lacks has the mask 0, so it reads as x0.
        d.rd = word >> 7 & e->rd;
        d.rs1 = word >> 15 & e->rs1;
        d.rs2 = word >> 20 & e->rs2;
        d.imm = immediate_of(word, e->immediate);
        break;
    }
    return d;
}

u32 isa_encode(struct decoded d)
{
    const struct encoding *e = &encodings[d.insn];
    return e->match | (u32)(d.rd & e->rd) << 7 | (u32)(d.rs1 & e->rs1) << 15 |
           (u32)(d.rs2 & e->rs2) << 20 | immediate_bits((u32)d.imm, e->immediate);
}
