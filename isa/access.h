// What an instruction does to memory: the column ACCESS of isa.def, taken apart. The engines, and
// the VMM when it emulates a device, get size and sign from here. Freestanding, and inline, so that
// a caller who names the instruction pays nothing.
// Read next: isa/arch/hart.h.
#ifndef ISA_ACCESS_H
#define ISA_ACCESS_H

#include "isa/isa.h"

enum isa_access_kind {
    ISA_ACCESS_NONE,    // it does not touch memory
    ISA_ACCESS_LOAD,    // rd = memory
    ISA_ACCESS_STORE,   // memory = rs2
    ISA_ACCESS_RESERVE, // lr.w: an aligned word of RAM is read and reserved
    ISA_ACCESS_ATOMIC,  // sc.w and amo*: an aligned word of RAM is read and written
};

struct isa_access {
    u8 kind;  // enum isa_access_kind
    u8 bytes; // 1, 2 or 4; 0 for ISA_ACCESS_NONE
    u8 sign;  // loads: the number of the sign bit that is extended (7 or 15); 0 extends zeros
};

static inline struct isa_access isa_access(enum insn insn)
{
    enum { NONE, LOAD_S8, LOAD_S16, LOAD_U8, LOAD_U16, LOAD_32, STORE_8, STORE_16, STORE_32 };
    enum { RESERVE = STORE_32 + 1, ATOMIC };
    static const struct isa_access columns[] = {
        [LOAD_S8] = {ISA_ACCESS_LOAD, 1, 7},    [LOAD_S16] = {ISA_ACCESS_LOAD, 2, 15},
        [LOAD_U8] = {ISA_ACCESS_LOAD, 1, 0},    [LOAD_U16] = {ISA_ACCESS_LOAD, 2, 0},
        [LOAD_32] = {ISA_ACCESS_LOAD, 4, 0},    [STORE_8] = {ISA_ACCESS_STORE, 1, 0},
        [STORE_16] = {ISA_ACCESS_STORE, 2, 0},  [STORE_32] = {ISA_ACCESS_STORE, 4, 0},
        [RESERVE] = {ISA_ACCESS_RESERVE, 4, 0}, [ATOMIC] = {ISA_ACCESS_ATOMIC, 4, 0},
    };
    static const u8 column_of[INSN_COUNT] = {
#define INSN(name, pattern, format, profile, mode, access, ...) [INSN_##name] = access,
#include "isa/isa.def"
#undef INSN
    };
    return columns[column_of[insn]];
}

// What a load leaves in rd: `value` holds the bytes read, with zeros above them.
static inline u32 isa_extend(struct isa_access access, u32 value)
{
    u32 sign = access.sign ? 1u << access.sign : 0;
    return (value ^ sign) - sign;
}

#endif
