// The toy ISA T32 as data. Three tables are its single source, isa.def, csr.def and cause.def; this
// header is how C sees them. T32 is RV32IMA with Zicsr and Zifencei and two modes, U (user) and K
// (kernel, RISC-V's S): each of its words means what RV32 says it means, and every other word is an
// illegal instruction.
//
//      31        25 24    20 19    15 14  12 11     7 6       0
//     +------------+--------+--------+------+--------+---------+
//     |   funct7   |  rs2   |  rs1   |  f3  |   rd   | opcode  |   the rows' patterns say what stands where
//     +------------+--------+--------+------+--------+---------+
//
//     isa.def --gen.c--> build/isa_table.inc --> isa_decode     a word to a struct decoded (decode.c)
//        |                                       isa_encode     and back
//        +--> enum insn, isa_insns[] (tables.c)  isa_disasm     a word to text (disasm.c);  text to words: isa/asm/asm.h
//
// A user of the rows that expands INSN(...) itself gets a compile error for a row it forgot: the
// engine does so. Freestanding but for isa_disasm: no libc, no allocation, no mutable data. Read
// next: isa/isa.def, isa/decode.c, then isa/arch/hart.h for what privileged state does.
#ifndef ISA_ISA_H
#define ISA_ISA_H

#include "isa/types.h"

// ---- the columns

enum isa_profile {
    ISA_T32,   // always there
    ISA_HOLES, // only with the profile `holes`, which makes the machine unvirtualizable by
               // trap-and-emulate
};

// The classes of Popek and Goldberg (CACM 1974). An instruction is *privileged* if it traps in U
// and does not in K: that is the MODE column. It is *sensitive* if it can touch, or its effect
// depends on, what a monitor must own. Theorem 1: a monitor can be built by trap-and-emulate if
// every sensitive instruction is privileged. The class says whether and why it is sensitive.
enum isa_class {
    ISA_INNOCUOUS, // same effect in both modes, and touches only registers and (translated) memory
    ISA_TRAPPING,  // its meaning is to trap (or call firmware), so a monitor always sees it
    ISA_CONTROL,   // control-sensitive: changes the mode, the translation, the interrupts or the
                   // processor's availability
    ISA_BEHAVIOUR, // behaviour-sensitive: its result depends on the mode, or shows what a monitor
                   // keeps in the real CSRs
    ISA_RESOURCE, // resource-dependent: its result depends on what others do with a shared thing
                  // (time, a reservation); sensitive in the wide sense. Counters become privileged
                  // with scounteren = 0; LR/SC may fail spuriously by specification
    ISA_BY_CSR, // the class is that of the CSR named
    ISA_CLASSES
};

enum isa_format {
#define FORMAT(name, ...) ISA_FORMAT_##name,
#include "isa/format.def"
#undef FORMAT
    ISA_FORMATS
};

// ---- instructions

enum insn {
    INSN_ILLEGAL, // every word that is not an instruction
#define INSN(name, ...) INSN_##name,
#include "isa/isa.def"
#undef INSN
    INSN_COUNT
};

struct insn_info {
    const char *mnemonic; // "lr.w"; "illegal" for INSN_ILLEGAL, whose other fields are empty
    const char *pattern;  // bits 31 to 0 as the manual prints them
    const char *meaning;  // one line
    u32 mask, match;      // word & mask == match: it is this instruction
    u8 format;            // enum isa_format
    u8 profile;           // enum isa_profile
    u8 class;             // enum isa_class
    bool privileged;      // MODE is K: illegal in U
};
extern const struct insn_info isa_insns[INSN_COUNT];

// The operand syntax of a format ("rd, imm(rs1)"); isa/format.def has the words.
extern const char *const isa_format_syntax[ISA_FORMATS];
// "innocuous", "trapping", "control-sensitive", "behaviour-sensitive", "resource-dependent", "by
// CSR".
extern const char *const isa_class_name[ISA_CLASSES];

// The instruction with this mnemonic ("lr.w", also "lr_w"), or INSN_ILLEGAL.
enum insn isa_find(const char *mnemonic);

// ---- decoding

// A word taken apart. Fields that the format lacks are 0.
struct decoded {
    u32 word;
    i32 imm; // I S B J: sign-extended, B and J as the offset in bytes; U: the upper 20 bits in
             // place; shifts: 0 to 31; CSR instructions: the CSR's number, 0 to 0xfff; else 0
    u8 insn; // enum insn
    u8 rd;
    u8 rs1; // csrrwi csrrsi csrrci: the 5-bit immediate
    u8 rs2;
};

// Decodes one word. With `holes` the profile's extra instructions exist, else they are illegal.
// Whether a CSR exists and may be accessed is not asked here: csrr* decodes with any number.
struct decoded isa_decode(u32 word, bool holes);

// Is it one of csrrw csrrs csrrc csrrwi csrrsi csrrci? For who meets hardly any others: a VMM.
static inline bool isa_is_csr(u32 word)
{
    return (word & 0x7f) == 0x73 && (word >> 12 & 3);
}

// The inverse: the word of d.insn with rd, rs1, rs2 and imm in their places, ignored bits (fence's
// operands, aq, rl) zero; d.word is not read. Immediates must fit (isa_decode of the result gives
// the same fields if and only if they do). INSN_ILLEGAL gives 0.
u32 isa_encode(struct decoded d);

// ---- CSRs

enum csr {
#define CSR(number, name, ...) CSR_##name = number,
#include "isa/csr.def"
#undef CSR
};

struct csr_info {
    u16 number;
    u8 class;         // enum isa_class
    bool privileged;  // illegal in U (counters: see scounteren)
    bool read_only;   // a write is illegal
    const char *name; // "sstatus"
    const char *meaning;
    const char *choices; // T32's choices for WARL fields; may be ""
};
extern const struct csr_info isa_csrs[]; // closed by a row with a null name
extern const u32 isa_csr_count;

const struct csr_info *isa_csr_find(u32 number); // NULL: no such CSR
const struct csr_info *isa_csr_named(const char *name);

// ---- trap causes

// scause values: CAUSE_ILLEGAL is 2, CAUSE_TIMER is 0x80000005 (bit 31: an interrupt).
enum cause {
#define CAUSE(number, interrupt, identifier, ...) \
    CAUSE_##identifier = number##u | (interrupt##u << 31),
#include "isa/cause.def"
#undef CAUSE
};

struct cause_info {
    u32 cause;        // an scause value
    char letter;      // for timelines; no two alike
    const char *name; // "store-page-fault"
    const char *meaning;
};
extern const struct cause_info isa_causes[]; // closed by a row with a null name
extern const u32 isa_cause_count;

const struct cause_info *isa_cause_find(u32 cause); // by scause value; NULL: not a cause of T32
const struct cause_info *isa_cause_named(const char *name);

// ---- text

// "zero", "ra", "sp", ... "t6".
extern const char *const isa_reg_names[32];

// Writes the word as assembly ("beqz a0, 0x80400010"), the usual pseudo-instruction where there is
// one, for a word at address `pc`. Always ends buf with a zero (n > 0); returns the length without
// it, at most n - 1. A word that is not an instruction prints as ".word 0x...". 64 bytes are always
// enough. Host only.
size_t isa_disasm(u32 word, u32 pc, bool holes, char *buf, size_t n);

#endif
