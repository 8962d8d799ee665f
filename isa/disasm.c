// Words to text. The first pseudo-instruction that fits is printed, else the instruction itself.
// Its syntax is read word by word, and each word is replaced by the operand that it names. Host
// only.
// Read next: isa/asm/asm.h.
#include "isa/pseudo.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

// pseudo.def writes ANY for a field that is not fixed.
#define ANY PSEUDO_ANY

const struct pseudo isa_pseudos[] = {
#define PSEUDO(name, insn, use, syntax, rd, rs1, rs2, imm) \
    {#name, syntax, INSN_##insn, PSEUDO_##use, rd, rs1, rs2, imm},
#include "isa/pseudo.def"
#undef PSEUDO
    {0},
};

// What was written so far. `length` may grow beyond `size`: then the rest is cut off.
struct line {
    char *text;
    size_t size, length;
};

__attribute__((format(printf, 2, 3))) static void print(struct line *line, const char *format, ...)
{
    va_list arguments;
    size_t room = line->length < line->size ? line->size - line->length : 0;
    va_start(arguments, format);
    int n = vsnprintf(room ? line->text + line->length : NULL, room, format, arguments);
    va_end(arguments);
    line->length += n > 0 ? (size_t)n : 0;
}

static bool is_field(i32 fixed, i32 value)
{
    return fixed == PSEUDO_ANY || fixed == value;
}

bool pseudo_fits(const struct pseudo *row, struct decoded d)
{
    return row->insn == d.insn && is_field(row->rd, d.rd) && is_field(row->rs1, d.rs1) &&
           is_field(row->rs2, d.rs2) && is_field(row->imm, d.imm);
}

static void print_mnemonic(struct line *line, const char *name)
{
    for (; *name; name++)
        print(line, "%c", *name == '_' ? '.' : *name);
}

// The access kinds of a fence: bit 3 i(nput) to bit 0 w(rite).
static void print_fence_set(struct line *line, u32 set)
{
    for (int i = 0; i < 4; i++)
        if (set & 8u >> i)
            print(line, "%c", "iorw"[i]);
    if (!set)
        print(line, "0");
}

static void print_csr(struct line *line, u32 number)
{
    const struct csr_info *csr = isa_csr_find(number);
    if (csr)
        print(line, "%s", csr->name);
    else
        print(line, "0x%x", (unsigned)number);
}

// Prints the operand that one word of a syntax names; the word is `length` characters long.
static void print_operand(struct line *line, const char *word, size_t length, struct decoded d,
                          u32 pc)
{
    char name[8] = "";
    memcpy(name, word, length < sizeof name ? length : sizeof name - 1);
    if (!strcmp(name, "rd"))
        print(line, "%s", isa_reg_names[d.rd]);
    else if (!strcmp(name, "rs1"))
        print(line, "%s", isa_reg_names[d.rs1]);
    else if (!strcmp(name, "rs2"))
        print(line, "%s", isa_reg_names[d.rs2]);
    else if (!strcmp(name, "imm") || !strcmp(name, "shamt"))
        print(line, "%d", (int)d.imm);
    else if (!strcmp(name, "imm20"))
        print(line, "0x%x", (unsigned)d.imm >> 12);
    else if (!strcmp(name, "target"))
        print(line, "0x%08x", (unsigned)(pc + (u32)d.imm));
    else if (!strcmp(name, "csr"))
        print_csr(line, (u32)d.imm);
    else if (!strcmp(name, "uimm"))
        print(line, "%u", d.rs1);
    else if (!strcmp(name, "pred"))
        print_fence_set(line, d.word >> 24 & 15);
    else if (!strcmp(name, "succ"))
        print_fence_set(line, d.word >> 20 & 15);
}

static void print_operands(struct line *line, const char *syntax, struct decoded d, u32 pc)
{
    if (*syntax)
        print(line, " ");
    while (*syntax) {
        size_t length = 0;
        while (isalnum((unsigned char)syntax[length]))
            length++;
        if (length)
            print_operand(line, syntax, length, d, pc);
        else
            print(line, "%c", syntax[length++]);
        syntax += length;
    }
}

// Prints what is outside the decoded fields, aq and rl, as a suffix of the mnemonic. Returns the
// bits outside the decoded fields that the text will express: aq and rl, or what a fence orders.
static u32 print_extra(struct line *line, struct decoded d)
{
    static const char *const orders[] = {"", ".rl", ".aq", ".aqrl"};
    switch (isa_insns[d.insn].format) {
    case ISA_FORMAT_AMO:
    case ISA_FORMAT_LR:
        print(line, "%s", orders[d.word >> 25 & 3]);
        return d.word & 0x06000000u;
    case ISA_FORMAT_FENCE:
        return d.word & 0x0ff00000u;
    default:
        return 0;
    }
}

size_t isa_disasm(u32 word, u32 pc, u32 profile, char *buf, size_t n)
{
    struct line line = {buf, n, 0};
    struct decoded d = isa_decode(word, profile);
    if (d.insn == INSN_ILLEGAL) {
        print(&line, ".word 0x%08x", (unsigned)word);
        return line.length < n ? line.length : n - 1;
    }
    const struct pseudo *row = isa_pseudos;
    while (row->name && (row->use == PSEUDO_ASM || !pseudo_fits(row, d)))
        row++;
    print_mnemonic(&line, row->name ? row->name : isa_insns[d.insn].mnemonic);
    u32 extra = print_extra(&line, d);
    print_operands(&line, row->name ? row->syntax : isa_format_syntax[isa_insns[d.insn].format], d,
                   pc);
    // Some bits have no meaning, and no text for them exists. A comment keeps the word readable.
    if ((isa_encode(d) | extra) != word)
        print(&line, " # 0x%08x", (unsigned)word);
    return line.length < n ? line.length : n - 1;
}
