// The toy ISA T32 as data. Three tables are its single source: isa.def, csr.def and cause.def. This
// header is how C sees them. T32 is RV32IMA with Zicsr and Zifencei and with two modes, U (user)
// and K (kernel, which RISC-V calls S). Each T32 word means what RV32 says it means, and every
// other word is an illegal instruction.
//
//      31        25 24    20 19    15 14  12 11     7 6       0
//     +------------+--------+--------+------+--------+---------+
//     |   funct7   |  rs2   |  rs1   |  f3  |   rd   | opcode  |   a row's pattern says what
//     +------------+--------+--------+------+--------+---------+   stands where
//
//     isa.def --gen.c--> build/isa_table.inc --> isa_decode   a word to a struct decoded (decode.c)
//        |                                       isa_encode   and back
//        +--> enum insn, isa_insns[] (tables.c)  isa_disasm   a word to text (disasm.c)
//                                                isa/asm/     text to words
//
// A file that expands INSN(...) itself, as the engines do, gets a compile error for a row that it
// forgot. Freestanding but for isa_disasm: no libc, no allocation, no mutable data.
// Read next: isa/isa.def.
#ifndef ISA_ISA_H
#define ISA_ISA_H

#include "isa/types.h"

// ---- the columns

// Which instructions there are. A machine has a mask of these. T32 alone is 0.
enum isa_profile {
    ISA_T32 = 0, // always there
    // The profile `holes`, which makes a machine that trap-and-emulate cannot virtualize.
    ISA_HOLES = 1,
    // The profile `h`: RISC-V's hypervisor extension, by which hardware runs a guest's kernel.
    ISA_H = 2,
    // The profile `house`: instructions of which a seed says what they do. The bits above the mask
    // hold the seed (isa/arch/house.h).
    ISA_HOUSE = 4,
    ISA_PROFILES = 7, // all of them
};

// The classes of Popek and Goldberg (CACM 1974). An instruction is *privileged* if it traps in U
// and does not trap in K; the column MODE says so. It is *sensitive* if it can touch what a monitor
// must own, or if its effect depends on that. Theorem 1: a monitor can be built by trap-and-emulate
// if every sensitive instruction is privileged. The class says whether and why one is sensitive.
enum isa_class {
    // Its effect is the same in both modes, and it touches only registers and (translated) memory.
    ISA_INNOCUOUS,
    // Its meaning is to trap, or to call the firmware. So a monitor always sees it.
    ISA_TRAPPING,
    // Control-sensitive: it changes the mode, the translation, the interrupts, or whether the
    // processor is available.
    ISA_CONTROL,
    // Behaviour-sensitive: its result depends on the mode, or shows what a monitor keeps in the
    // real CSRs.
    ISA_BEHAVIOUR,
    // Resource-dependent: its result depends on what others do with a shared thing (time, a
    // reservation). It is sensitive in a wider sense. Counters become privileged with
    // scounteren = 0; LR/SC may fail at any time by specification.
    ISA_RESOURCE,
    // It has the class of the CSR that it names.
    ISA_BY_CSR,
    // It has the class of what the seed of the machine has drawn for it.
    ISA_BY_SEED,
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
    u8 profile;           // enum isa_profile; needed to exist
    u8 class;             // enum isa_class
    bool privileged;      // MODE is K: illegal in U
};
extern const struct insn_info isa_insns[INSN_COUNT];

// "t32", "holes", "h" or "house".
const char *isa_profile_name(u32 profile);

// Reads a profile as a person writes it: "t32", "holes", "h", "house:42" (the seed, 0 to 65535), or
// "house:42,3,7" (house3 and house7 are mended: isa/arch/house.h). Returns false if it is none.
bool isa_profile_parse(const char *text, u32 *profile);
#define ISA_PROFILE_WANTED "t32, holes, h or house:SEED"

// The operand syntax of a format ("rd, imm(rs1)"); isa/format.def has the words.
extern const char *const isa_format_syntax[ISA_FORMATS];
// The name of a class: "innocuous", "control-sensitive", ...
extern const char *const isa_class_name[ISA_CLASSES];

// The instruction with this mnemonic ("lr.w", also "lr_w"), or INSN_ILLEGAL.
enum insn isa_find(const char *mnemonic);

// ---- decoding

// A word taken apart. Fields that the format lacks are 0.
struct decoded {
    u32 word;
    // Formats I, S, B, J: sign-extended; for B and J it is the distance in bytes. Format U: the
    // upper 20 bits in their place. Shifts: 0 to 31. CSR instructions: the number of the CSR, 0 to
    // 0xfff. Else 0.
    i32 imm;
    u8 insn; // enum insn
    u8 rd;
    u8 rs1; // csrrwi, csrrsi, csrrci: the 5-bit immediate
    u8 rs2;
};

// Decodes one word. An instruction of a profile that is not in the mask is illegal. Whether a CSR
// exists and may be accessed is not asked here: csrr* decodes with any number.
struct decoded isa_decode(u32 word, u32 profile);

// Returns true if the word is a CSR instruction (csrrw csrrs csrrc csrrwi csrrsi csrrci). A VMM
// asks this first, because most instructions that trap to it are of this kind.
static inline bool isa_is_csr(u32 word)
{
    return (word & 0x7f) == 0x73 && (word >> 12 & 3);
}

// The inverse: the word of d.insn, with rd, rs1, rs2 and imm in their places. Bits outside them
// (what a fence orders, aq, rl) are zero, and d.word is not read. The immediate must fit: if and
// only if it does, isa_decode of the result gives the same fields again. INSN_ILLEGAL gives 0.
u32 isa_encode(struct decoded d);

// ---- CSRs

enum csr {
#define CSR(number, name, ...) CSR_##name = number,
#include "isa/csr.def"
#undef CSR
};

struct csr_info {
    u16 number;
    u8 profile;       // enum isa_profile; needed to exist
    u8 class;         // enum isa_class
    bool privileged;  // illegal in U; for the others, which are counters, scounteren decides
    bool read_only;   // a write is illegal
    const char *name; // "sstatus"
    // The rest of a sentence whose subject is the register: "holds the pc of the trap".
    const char *meaning;
    const char *choices; // T32's choices for WARL fields; may be ""
};
extern const struct csr_info isa_csrs[]; // the last row has a null name
extern const u32 isa_csr_count;

const struct csr_info *isa_csr_find(u32 number); // NULL: there is no such CSR
const struct csr_info *isa_csr_named(const char *name);

// ---- trap causes

// scause values: CAUSE_ILLEGAL is 2, CAUSE_TIMER is 0x80000005 (bit 31: an interrupt).
enum cause {
#define CAUSE(number, interrupt, profile, identifier, ...) \
    CAUSE_##identifier = number##u | (interrupt##u << 31),
#include "isa/cause.def"
#undef CAUSE
};

struct cause_info {
    u32 cause;        // an scause value
    u8 profile;       // enum isa_profile; needed to be taken
    const char *name; // "store-page-fault"
    const char *meaning;
};
extern const struct cause_info isa_causes[]; // the last row has a null name
extern const u32 isa_cause_count;

const struct cause_info *isa_cause_find(u32 cause); // by scause value; NULL: no cause of T32
const struct cause_info *isa_cause_named(const char *name);

// ---- text

// "zero", "ra", "sp", ... "t6".
extern const char *const isa_reg_names[32];

// Writes the word at address `pc` as assembly ("beqz a0, 0x80400010"), as the usual
// pseudo-instruction where there is one. A word that is not an instruction becomes ".word 0x...". n
// > 0 is the size of buf; 64 bytes are always enough. The text always ends with a zero; its length
// without the zero, at most n - 1, is returned. Host only.
size_t isa_disasm(u32 word, u32 pc, u32 profile, char *buf, size_t n);

#endif
