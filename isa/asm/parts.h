// What the chapters of the assembler share. Only isa/asm/*.c include it. The chapters in the order
// in which they build on one another:
//
//     source.c     the text: comments become blanks; error messages with their caret
//     words.c      words: names, numbers, characters, registers
//     symbol.c     labels, constants, local labels
//     emit.c       bytes go into sections
//     expr.c       expressions
//     operand.c    the operands of one instruction, by its syntax
//     directive.c  .word and the like
//     insn.c       instructions and pseudo-instructions
//     asm.c        the passes, the layout, the image
//     elf.c        the image as a file
//
// Every pass runs the same code over the same text. In the pass SIZES a symbol may still be
// unknown, a label is an offset in its section, and an emitted byte only moves the section's end.
// Errors end the work there. Where a constant was defined by something that comes later, silent
// passes VALUES follow until all constants are known. In the pass BYTES every symbol has to be
// known, and bytes are kept.
// Read next: isa/asm/source.c.
#ifndef ISA_ASM_PARTS_H
#define ISA_ASM_PARTS_H

#include "isa/arch/hart.h"
#include "isa/asm/asm.h"
#include "isa/isa.h"

enum section_name { TEXT, RODATA, DATA, BSS, SECTIONS, ABSOLUTE = SECTIONS };

enum pass { SIZES, VALUES, BYTES };

// A number. In SIZES it may also be an offset in a section, or not known yet.
struct value {
    i64 number;
    u8 section; // enum section_name; ABSOLUTE: a plain number
    bool known;
};

struct section {
    u8 *bytes;
    u32 room;      // bytes allocated
    u32 end;       // offset of the next byte
    u32 size;      // its end after SIZES
    u32 alignment; // the largest asked for
    u32 base;      // address, set between the passes
};

struct symbol {
    const char *name; // in the source, not terminated
    u32 length;
    u32 line; // where defined; 0: only mentioned
    struct value value;
    bool is_label, is_global;
};

struct symbols {
    struct symbol *rows;
    u32 count, room;
    u32 *slots; // hash table of row numbers + 1; a power of two long
    u32 slot_count;
};

// One definition of a local label, in source order. `next` is the index + 1 of the next one with
// the same number, 0: none.
struct local {
    u32 next;
    struct value value;
};
#define LOCALS_MAX 100 // 0: to 99:

// What %pcrel_hi was asked for at an address, for the %pcrel_lo that names it.
struct pcrel {
    u32 address, target;
};

struct error {
    u32 line, column;
    char text[160];
};

struct assembler {
    const char *filename;
    const char *text; // as given, for messages
    char *source;     // the same length, comments blanked, closed by a zero
    size_t length;
    u32 profile;
    enum pass pass;
    u32 line;              // the line being read, from 1
    const char *statement; // the statement being read, behind its labels
    u32 base;
    u8 section;  // where bytes go, enum section_name
    bool failed; // out of memory: everything ends
    struct section sections[SECTIONS];
    struct symbols symbols;
    struct local *locals;
    u32 local_count, local_room;
    u32 locals_passed;           // in the current pass
    u32 local_first[LOCALS_MAX]; // index + 1 of the first of each number, 0: none
    u32 local_above[LOCALS_MAX]; // and of the last one passed
    u8 *li_sizes;                // how many instructions each li became in SIZES
    u32 li_count, li_room, li_passed;
    struct pcrel *pcrels;
    u32 pcrel_count, pcrel_room;
    struct asm_line *lines;
    u32 line_count, line_room;
    struct error errors[ASM_ERRORS_MAX];
    u32 error_count;
};

// A piece of the source being read. A function that reads and returns false has reported the error.
struct cursor {
    struct assembler *as;
    const char *at, *end;
    u32 depth; // of parentheses
};

// ---- source.c
bool source_open(struct assembler *as);
// Reports an error at a place in the source; only the first ASM_ERRORS_MAX are kept.
__attribute__((format(printf, 3, 4))) bool source_error(struct assembler *as, const char *at,
                                                        const char *format, ...);
char *source_messages(const struct assembler *as);
// Makes room for one more element in a growing array; false: out of memory, and as->failed.
bool source_grow(struct assembler *as, void *array, u32 count, u32 *room, size_t element);

// ---- words.c
void skip_blanks(struct cursor *c);
bool is_at(struct cursor *c, char ch); // is it the next character, after blanks?
bool take(struct cursor *c, char ch);  // is_at, and moves past it
bool expect(struct cursor *c, char ch);
bool expect_end(struct cursor *c);
struct name {
    const char *at;
    u32 length;
};
// The name that starts here (letters, digits, _ . $), or a length of 0. Reports nothing.
struct name take_name(struct cursor *c);
bool is_named(struct name name, const char *text);
bool take_number(struct cursor *c, i64 *number);
// One character of a string or of 'c', where escapes are understood.
bool take_character(struct cursor *c, u8 *byte);
int register_number(struct name name);                 // -1: it is not a register
u32 name_distance(struct name name, const char *text); // how many edits lie between them

// ---- symbol.c
// The symbol of this name, which is made if it is new. NULL: out of memory.
struct symbol *symbol_get(struct assembler *as, struct name name);
bool symbol_define(struct assembler *as, struct name name, struct value value, bool is_label);
bool local_define(struct assembler *as, struct name number);
struct value local_value(struct assembler *as, u32 number, bool forward); // number < LOCALS_MAX
struct value here(const struct assembler *as);
// After SIZES an offset in a section becomes an address.
struct value settled(const struct assembler *as, struct value v);

// ---- emit.c
bool emit(struct assembler *as, const void *bytes, u32 count);
bool emit_fill(struct assembler *as, const char *at, i64 count, u8 byte); // in .bss only zeros
bool emit_word(struct assembler *as, const char *at, u32 word);           // an instruction

// ---- expr.c
bool take_expression(struct cursor *c, struct value *v);
// An expression whose value must be known in SIZES already, and be within low..high.
bool take_constant(struct cursor *c, i64 low, i64 high, i64 *number);
// Returns false, and reports an error at `at`, if v is known, absolute and outside low..high.
bool check_range(struct assembler *as, const char *at, struct value v, i64 low, i64 high);

// ---- operand.c
#define OPERANDS_MAX 4
struct operands {
    struct cursor each[OPERANDS_MAX]; // trimmed
    u32 count;
};
bool operands_split(struct cursor *c, struct operands *list);
bool operand_is_register(struct cursor operand); // exactly one
bool operand_is_indirect(struct cursor operand); // ends in (register)
bool operand_register(struct cursor operand, u8 *number);
bool operands_fit(const char *syntax, const struct operands *list);
// Reads the operands as `syntax` says into the fields of d. Bits outside those fields (what a fence
// orders) go to *extra.
bool operands_read(const char *syntax, const struct operands *list, struct decoded *d, u32 *extra);

// ---- directive.c
bool directive(struct cursor *c, struct name name);
const char *directive_near(struct name name, u32 *distance); // the most similar name

// ---- insn.c
bool instruction(struct cursor *c, struct name name);

#endif
