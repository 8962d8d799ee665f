// The pseudo-instructions of isa/pseudo.def as a table. The assembler, the disassembler and the
// manual use it.
// Read next: isa/disasm.c.
#ifndef ISA_PSEUDO_H
#define ISA_PSEUDO_H

#include "isa/isa.h"

enum pseudo_use { PSEUDO_BOTH, PSEUDO_ASM, PSEUDO_DIS };

#define PSEUDO_ANY (-0x7fffffff) // the field is not fixed

struct pseudo {
    const char *name; // as in pseudo.def, with '_' for '.'
    const char *syntax;
    u8 insn; // enum insn
    u8 use;  // enum pseudo_use
    i32 rd, rs1, rs2, imm;
};
extern const struct pseudo isa_pseudos[]; // the last row has a null name

// Returns true if the row stands for this decoded instruction.
bool pseudo_fits(const struct pseudo *row, struct decoded d);

#endif
