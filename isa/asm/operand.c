// The operands of one instruction. They are split at commas, and then read as the syntax of
// isa/format.def says, word by word.
// Read next: isa/asm/directive.c.
#include "isa/asm/parts.h"

#include <ctype.h>
#include <string.h>

// ---- splitting

static void trim(struct cursor *c)
{
    skip_blanks(c);
    while (c->end > c->at && isspace((unsigned char)c->end[-1]))
        c->end--;
}

// The next comma outside parentheses and character constants, or the end.
static const char *operand_end(const struct cursor *c)
{
    u32 depth = 0;
    const char *p = c->at;
    for (; p < c->end; p++) {
        if (*p == '\'' && p + 2 < c->end) {
            p += p[1] == '\\' ? 3 : 2;
            if (p >= c->end)
                return c->end;
        } else if (*p == '(') {
            depth++;
        } else if (*p == ')') {
            depth -= depth > 0;
        } else if (*p == ',' && !depth) {
            break;
        }
    }
    return p;
}

bool operands_split(struct cursor *c, struct operands *list)
{
    list->count = 0;
    skip_blanks(c);
    if (c->at == c->end)
        return true;
    for (;;) {
        const char *end = operand_end(c);
        if (list->count == OPERANDS_MAX)
            return source_error(c->as, c->at, "no instruction has more than %d operands",
                                OPERANDS_MAX);
        struct cursor *one = &list->each[list->count++];
        *one = (struct cursor){c->as, c->at, end, 0};
        trim(one);
        if (one->at == one->end)
            return source_error(c->as, one->at, "an operand is missing here");
        c->at = end;
        if (c->at == c->end)
            return true;
        c->at++;
    }
}

// ---- what an operand looks like

bool operand_is_register(struct cursor operand)
{
    struct name name = take_name(&operand);
    skip_blanks(&operand);
    return operand.at == operand.end && register_number(name) >= 0;
}

// The opening parenthesis of the register in "imm(reg)", or NULL if the operand has no such form.
static const char *indirect_start(struct cursor operand)
{
    const char *p = operand.end;
    if (p == operand.at || *--p != ')')
        return NULL;
    while (p > operand.at && *p != '(')
        p--;
    struct cursor inside = {operand.as, p + 1, operand.end - 1, 0};
    return *p == '(' && operand_is_register(inside) ? p : NULL;
}

bool operand_is_indirect(struct cursor operand)
{
    return indirect_start(operand) != NULL;
}

bool operand_register(struct cursor operand, u8 *number)
{
    struct name name = take_name(&operand);
    int found = register_number(name);
    if (found < 0)
        return source_error(
            operand.as, operand.at - name.length,
            "expected a register (x0 to x31, or zero ra sp gp tp t0-t6 s0-s11 a0-a7)");
    *number = (u8)found;
    return expect_end(&operand);
}

// ---- one operand

// In 32 bits 0xfffffffc and -4 are the same number, so an immediate may be written either way.
static void take_as_signed(struct value *v)
{
    if (v->known && v->section == ABSOLUTE && v->number > 0x7fffffff && v->number <= 0xffffffff)
        v->number -= 0x100000000;
}

static bool read_immediate(struct cursor c, i64 low, i64 high, bool is_signed, i32 *imm)
{
    struct value v;
    const char *at = c.at;
    if (!take_expression(&c, &v) || !expect_end(&c))
        return false;
    if (is_signed)
        take_as_signed(&v);
    *imm = v.known ? (i32)(u32)v.number : 0;
    return check_range(c.as, at, v, low, high);
}

// Reads "imm(reg)". If "(reg)" stands alone, the immediate is 0. lr, sc and amo have no immediate:
// for them it has to be 0.
static bool read_indirect(struct cursor c, struct decoded *d, bool with_immediate)
{
    const char *start = indirect_start(c);
    if (!start)
        return source_error(c.as, c.at,
                            with_immediate ? "expected a place in memory, as 8(sp)"
                                           : "expected a place in memory, as (a0)");
    struct cursor number = {c.as, c.at, start, 0}, base = {c.as, start + 1, c.end - 1, 0};
    i32 imm = 0;
    trim(&number);
    if (number.at < number.end &&
        !read_immediate(number, with_immediate ? -2048 : 0, with_immediate ? 2047 : 0, true, &imm))
        return false;
    if (with_immediate)
        d->imm = imm;
    return operand_register(base, &d->rs1);
}

// Reads the target of a jump or branch, and sets *offset to its distance from the pc. In SIZES a
// label below is not known yet, so the distance is checked in the later passes only.
static bool read_target(struct cursor c, i64 reach, i32 *offset)
{
    struct value v;
    const char *at = c.at;
    *offset = 0;
    if (!take_expression(&c, &v) || !expect_end(&c))
        return false;
    if (c.as->pass == SIZES || !v.known)
        return true;
    *offset = (i32)((u32)v.number - (u32)here(c.as).number);
    if (*offset & 1)
        return source_error(c.as, at, "0x%08x is odd; jumps go to even addresses",
                            (unsigned)v.number);
    if (*offset < -reach || *offset >= reach)
        return source_error(c.as, at,
                            "0x%08x is %d bytes away, and this instruction reaches %lld%s",
                            (unsigned)v.number, (int)*offset, (long long)reach,
                            reach == 4096 ? "; branch around a j" : "; use call or tail");
    return true;
}

static bool read_csr(struct cursor c, i32 *number)
{
    struct cursor ahead = c;
    struct name name = take_name(&ahead);
    for (const struct csr_info *csr = isa_csrs; csr->name; csr++)
        if (is_named(name, csr->name) && !(csr->profile & ~c.as->profile)) {
            *number = csr->number;
            return expect_end(&ahead);
        }
    if (!name.length || isdigit((unsigned char)*name.at))
        return read_immediate(c, 0, 0xfff, false, number);
    struct symbol *symbol = symbol_get(c.as, name);
    if (!symbol)
        return false;
    if (!symbol->line)
        return source_error(
            c.as, c.at,
            "there is no CSR of this name; `trapeze isa` lists them, and a number 0 "
            "to 0xfff is taken too");
    return read_immediate(c, 0, 0xfff, false, number);
}

// Reads a subset of the letters "iorw", in this order, or 0.
static bool read_fence_set(struct cursor c, u32 *set)
{
    static const char kinds[] = "iorw";
    const char *at = c.at;
    struct name name = take_name(&c);
    *set = 0;
    if (!is_named(name, "0"))
        for (u32 i = 0; i < name.length; i++) {
            const char *kind = memchr(kinds, name.at[i], 4);
            u32 bit = kind ? 8u >> (kind - kinds) : 0;
            if (!kind || *set & (bit | (bit - 1)))
                return source_error(c.as, at, "expected some of i o r w, in this order, as rw");
            *set |= bit;
        }
    return expect_end(&c);
}

// ---- all operands

// The piece of a syntax up to the next comma.
static u32 piece_length(const char *syntax)
{
    return (u32)strcspn(syntax, ",");
}

static bool is_piece(const char *syntax, const char *text)
{
    return piece_length(syntax) == strlen(text) && !strncmp(syntax, text, strlen(text));
}

static const char *next_piece(const char *syntax)
{
    syntax += piece_length(syntax);
    return *syntax ? syntax + strspn(syntax, ", ") : syntax;
}

static bool piece_is_register(const char *syntax)
{
    return is_piece(syntax, "rd") || is_piece(syntax, "rs1") || is_piece(syntax, "rs2");
}

static bool piece_is_indirect(const char *syntax)
{
    return is_piece(syntax, "imm(rs1)") || is_piece(syntax, "(rs1)");
}

bool operands_fit(const char *syntax, const struct operands *list)
{
    u32 i = 0;
    for (; *syntax && i < list->count; syntax = next_piece(syntax), i++)
        if (piece_is_register(syntax) != operand_is_register(list->each[i]) ||
            piece_is_indirect(syntax) != operand_is_indirect(list->each[i]))
            return false;
    return !*syntax && i == list->count;
}

static bool read_operand(const char *syntax, struct cursor c, struct decoded *d, u32 *extra)
{
    u32 set;
    if (is_piece(syntax, "rd"))
        return operand_register(c, &d->rd);
    if (is_piece(syntax, "rs1"))
        return operand_register(c, &d->rs1);
    if (is_piece(syntax, "rs2"))
        return operand_register(c, &d->rs2);
    if (is_piece(syntax, "imm(rs1)"))
        return read_indirect(c, d, true);
    if (is_piece(syntax, "(rs1)"))
        return read_indirect(c, d, false);
    if (is_piece(syntax, "imm"))
        return read_immediate(c, -2048, 2047, true, &d->imm);
    if (is_piece(syntax, "shamt"))
        return read_immediate(c, 0, 31, false, &d->imm);
    if (is_piece(syntax, "target"))
        return read_target(c, isa_insns[d->insn].format == ISA_FORMAT_B ? 4096 : 0x100000, &d->imm);
    if (is_piece(syntax, "csr"))
        return read_csr(c, &d->imm);
    if (is_piece(syntax, "uimm")) {
        i32 imm;
        bool fits = read_immediate(c, 0, 31, false, &imm);
        d->rs1 = (u8)(imm & 31);
        return fits;
    }
    if (is_piece(syntax, "imm20")) {
        i32 imm;
        bool fits = read_immediate(c, 0, 0xfffff, false, &imm);
        d->imm = (i32)((u32)imm << 12);
        return fits;
    }
    if (!read_fence_set(c, &set))
        return false;
    *extra |= set << (is_piece(syntax, "pred") ? 24 : 20);
    return true;
}

bool operands_read(const char *syntax, const struct operands *list, struct decoded *d, u32 *extra)
{
    for (u32 i = 0; *syntax && i < list->count; syntax = next_piece(syntax), i++)
        if (!read_operand(syntax, list->each[i], d, extra))
            return false;
    return true;
}
