// Tests if a word is one certain instruction. This is for code that looks for few instructions,
// and knows them when it is compiled. isa_decode finds out which of all instructions a word is.
// Freestanding.
// Read next: isa/access.h.
#ifndef ISA_MATCH_H
#define ISA_MATCH_H

#include "isa/isa.h"

static inline bool isa_is(u32 word, enum insn insn)
{
    static const struct {
        u32 mask, match;
    } rows[INSN_COUNT] = {
#define ENCODING(name, mnemonic, mask, match, ...) [INSN_##name] = {mask, match},
#include "isa_table.inc"
#undef ENCODING
    };
    return (word & rows[insn].mask) == rows[insn].match;
}

#endif
