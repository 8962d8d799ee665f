// The assembler: T32 assembly text to bytes. It reads the subset of GNU assembler syntax that
// kernels and lab sheets are written in, so that the same file goes through clang too: labels,
// local labels (1: ... 1b 1f), expressions, %hi %lo %pcrel_hi %pcrel_lo, the usual
// pseudo-instructions and directives (isa/README.md has the list). There are no macros, no
// conditionals and no included files.
//
//     text --pass 1: sizes, labels--> layout --pass 2: bytes--> struct asm_image
//
//                                     | .text | .rodata | .data | .bss |
//                                     ^ base
//
// The text is untrusted: sizes are limited, and errors are collected. Host only.
// Read next: isa/asm/parts.h.
#ifndef ISA_ASM_ASM_H
#define ISA_ASM_ASM_H

#include "isa/types.h"

#define ASM_BASE 0x80400000u        // where kernels are loaded
#define ASM_SOURCE_MAX 0x01000000u  // bytes of text: 16 MiB
#define ASM_SECTION_MAX 0x04000000u // bytes of a section: 64 MiB
#define ASM_ERRORS_MAX 20           // errors reported; further ones are only counted

struct asm_symbol {
    char *name;
    u32 value;
    bool global;   // named by .globl
    bool constant; // defined by .equ: a number, not a place
    bool code;     // a place in .text
};

// Which source line made the word at an address.
struct asm_line {
    u32 address;
    u32 line; // from 1
};

struct asm_image {
    u8 *bytes;                  // .text .rodata .data
    u32 base;                   // address of the first byte
    u32 size;                   // bytes
    u32 memory;                 // bytes with .bss: memory >= size, the rest is zero
    u32 text;                   // bytes of .text, at the start
    u32 data;                   // offset of .data: the first byte meant to be written
    u32 entry;                  // _start if it is defined, else base
    struct asm_symbol *symbols; // by value, then name; .L names left out
    u32 symbol_count;
    struct asm_line *lines; // by address
    u32 line_count;
};

struct asm_errors {
    // Ready to print: FILE:LINE:COLUMN: error: ..., the line, a caret. NULL: there are no errors.
    char *text;
    u32 count;
};

// Assembles `length` bytes of text. `base` is a multiple of 4; `filename` is for messages only.
// The instructions and CSRs of the mask `profile` (enum isa_profile) are known. Returns true if
// *image is filled; the caller frees it with asm_image_free. Returns false if errors->text says why
// not; the caller frees that with asm_errors_free.
bool asm_assemble(const char *text, size_t length, const char *filename, u32 base, u32 profile,
                  struct asm_image *image, struct asm_errors *errors);
void asm_image_free(struct asm_image *image);
// How many statements the text has, whether or not they can be assembled: pieces of lines between
// semicolons that hold more than blanks and comments. UINT32_MAX: out of memory.
u32 asm_statements(const char *text, size_t length);
void asm_errors_free(struct asm_errors *errors);

// The symbol of this name, or NULL.
const struct asm_symbol *asm_symbol_find(const struct asm_image *image, const char *name);
// The source line of the instruction at `address`, or 0.
u32 asm_line_at(const struct asm_image *image, u32 address);

// The image as an ELF32 executable for RISC-V: program headers for code and data, section headers,
// symbols. The caller frees the result; NULL: out of memory.
u8 *asm_elf(const struct asm_image *image, size_t *size);

#endif
