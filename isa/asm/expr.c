// Expressions, read by precedence climbing. There are C's operators with C's precedences, on 64-bit
// numbers; + - ~ before an operand; parentheses, character constants, symbols, local labels, `.`
// for the present address; and %hi(x) %lo(x) %pcrel_hi(x) %pcrel_lo(label).
//
// In the pass SIZES an expression with an unknown symbol is an unknown value, and the distance of
// two places in one section is already a number.
// Read next: isa/asm/operand.c.
#include "isa/asm/parts.h"

#include <ctype.h>

#define DEPTH_MAX 64 // of parentheses and signs: recursion must end

static bool take_binary(struct cursor *c, struct value *v, int least);

static const struct value unknown = {.section = ABSOLUTE};

// ---- operators

static const struct operator
{
    char text[3];
    int precedence; // higher binds tighter
}
operators[] = {{"|", 1}, {"^", 2}, {"&", 3}, {"<<", 4}, {">>", 4},
               {"+", 5}, {"-", 5}, {"*", 6}, {"/", 6},  {"%", 6}};

static const struct operator* peek_operator(struct cursor *c)
{
    skip_blanks(c);
    for (const struct operator* o = operators; o < operators + sizeof operators / sizeof *operators;
         o++)
        if (c->at < c->end && c->at[0] == o->text[0] &&
            (!o->text[1] || (c->at + 1 < c->end && c->at[1] == o->text[1])))
            return o;
    return NULL;
}

static bool apply(struct cursor *c, const char *at, const char *o, i64 a, i64 b, i64 *result)
{
    u64 x = (u64)a, y = (u64)b;
    if ((*o == '/' || *o == '%') && !b)
        return source_error(c->as, at, "division by zero");
    if ((*o == '<' || *o == '>') && (b < 0 || b > 63))
        return source_error(c->as, at, "a shift by %lld is not within 0 to 63", (long long)b);
    switch (*o) {
    case '|':
        x |= y;
        break;
    case '^':
        x ^= y;
        break;
    case '&':
        x &= y;
        break;
    case '<':
        x <<= y;
        break;
    case '>':
        x = (u64)(a >> b);
        break;
    case '+':
        x += y;
        break;
    case '-':
        x -= y;
        break;
    case '*':
        x *= y;
        break;
    case '/':
        x = b == -1 ? -x : (u64)(a / b);
        break;
    case '%':
        x = b == -1 ? 0 : (u64)(a % b);
        break;
    }
    *result = (i64)x;
    return true;
}

// Combines two values with an operator. In SIZES a label is still an offset in its section: an
// offset plus or minus a number is an offset again, and the difference of two offsets in one
// section is a number. Every other mixture stays unknown until the sections have their addresses.
static bool combine(struct cursor *c, const char *at, const char *o, struct value *a,
                    struct value b)
{
    if (!a->known || !b.known) {
        *a = unknown;
        return true;
    }
    u8 section = ABSOLUTE;
    if (a->section != ABSOLUTE || b.section != ABSOLUTE) { // in SIZES only
        bool sum = *o == '+' && (a->section == ABSOLUTE || b.section == ABSOLUTE);
        bool moved = *o == '-' && b.section == ABSOLUTE;
        bool distance = *o == '-' && a->section == b.section;
        if (!sum && !moved && !distance) {
            *a = unknown;
            return true;
        }
        if (!distance)
            section = a->section != ABSOLUTE ? a->section : b.section;
    }
    a->section = section;
    return apply(c, at, o, a->number, b.number, &a->number);
}

// ---- operands

static bool take_symbol(struct cursor *c, struct value *v)
{
    struct name name = take_name(c);
    if (is_named(name, ".")) {
        *v = here(c->as);
        return true;
    }
    if (register_number(name) >= 0)
        return source_error(c->as, name.at,
                            "'%.*s' is a register; a number or a symbol belongs here",
                            (int)name.length, name.at);
    struct symbol *symbol = symbol_get(c->as, name);
    if (!symbol)
        return false;
    *v = settled(c->as, symbol->value);
    if (c->as->pass == BYTES && !v->known)
        return source_error(c->as, name.at, "'%.*s' is not defined",
                            (int)(name.length > 60 ? 60 : name.length), name.at);
    return true;
}

// Is it a local label, as 1b or 1f: digits and one letter? Numbers such as 0x1f and 0b1 are not of
// this form, since their letter comes early.
static bool is_local(struct name name)
{
    char last = name.at[name.length - 1];
    if (name.length < 2 || (last != 'b' && last != 'f'))
        return false;
    for (u32 i = 0; i + 1 < name.length; i++)
        if (!isdigit((unsigned char)name.at[i]))
            return false;
    return true;
}

static bool take_local(struct cursor *c, struct value *v)
{
    struct name name = take_name(c);
    struct cursor digits = {c->as, name.at, name.at + name.length - 1, 0};
    i64 number;
    bool forward = name.at[name.length - 1] == 'f';
    if (!take_number(&digits, &number))
        return false;
    *v = number < LOCALS_MAX ? local_value(c->as, (u32)number, forward) : unknown;
    if (!v->known && (c->as->pass == BYTES || !forward))
        return source_error(c->as, name.at, "there is no %lld: %s this line", (long long)number,
                            forward ? "below" : "above");
    return true;
}

static bool take_quoted(struct cursor *c, struct value *v)
{
    u8 byte;
    c->at++;
    if (!take_character(c, &byte) || !expect(c, '\''))
        return false;
    v->number = byte;
    return true;
}

// ---- %hi and its kind

static i64 high_part(i64 n)
{
    return (i64)(((u32)n + 0x800u) >> 12);
}

static i64 low_part(i64 n)
{
    return ((i64)((u32)n & 0xfffu) ^ 0x800) - 0x800;
}

static bool pcrel_note(struct assembler *as, u32 address, u32 target)
{
    if (!source_grow(as, &as->pcrels, as->pcrel_count, &as->pcrel_room, sizeof *as->pcrels))
        return false;
    as->pcrels[as->pcrel_count++] = (struct pcrel){address, target};
    return true;
}

// Finds what the %pcrel_hi at `address` was about, and sets *low to the part that is left for the
// second instruction. The search starts at the latest note, since the auipc usually stands just
// above, and gives up after a thousand.
static bool pcrel_find(struct cursor *c, const char *at, u32 address, i64 *low)
{
    u32 tries = 0;
    for (u32 i = c->as->pcrel_count; i-- > 0 && tries < 1000; tries++)
        if (c->as->pcrels[i].address == address) {
            *low = low_part((i64)c->as->pcrels[i].target - address);
            return true;
        }
    return source_error(
        c->as, at,
        "%%pcrel_lo names the label of an instruction above that has %%pcrel_hi; there is none");
}

static bool take_part(struct cursor *c, struct value *v)
{
    const char *at = c->at++;
    struct name name = take_name(c);
    bool hi = is_named(name, "hi"), lo = is_named(name, "lo"), pchi = is_named(name, "pcrel_hi"),
         pclo = is_named(name, "pcrel_lo");
    if (!hi && !lo && !pchi && !pclo)
        return source_error(c->as, at, "there are %%hi, %%lo, %%pcrel_hi and %%pcrel_lo");
    if (!expect(c, '(') || !take_binary(c, v, 1) || !expect(c, ')'))
        return false;
    *v = settled(c->as, *v);
    if (!v->known || v->section != ABSOLUTE || (c->as->pass == SIZES && (pchi || pclo))) {
        *v = unknown;
        return true;
    }
    u32 pc = (u32)here(c->as).number;
    if (pclo)
        return pcrel_find(c, at, (u32)v->number, &v->number);
    if (pchi && !pcrel_note(c->as, pc, (u32)v->number))
        return false;
    v->number = lo ? low_part(v->number) : high_part(pchi ? v->number - pc : v->number);
    return true;
}

// ---- the grammar

static bool take_sign(struct cursor *c, struct value *v)
{
    const char *at = c->at++;
    struct value zero = {0, ABSOLUTE, true};
    if (!take_binary(c, v, 7)) // a sign binds tighter than any operator
        return false;
    if (*at == '+' || !v->known)
        return true;
    if (*at == '~') {
        v->number = (i64) ~(u64)v->number;
        v->known = v->section == ABSOLUTE;
        v->section = ABSOLUTE;
        return true;
    }
    if (!combine(c, at, "-", &zero, *v))
        return false;
    *v = zero;
    return true;
}

static bool take_operand(struct cursor *c, struct value *v)
{
    *v = (struct value){0, ABSOLUTE, true};
    skip_blanks(c);
    char ch = c->at < c->end ? *c->at : 0;
    if (ch == '-' || ch == '+' || ch == '~')
        return take_sign(c, v);
    if (take(c, '('))
        return take_binary(c, v, 1) && expect(c, ')');
    if (ch == '\'')
        return take_quoted(c, v);
    if (ch == '%')
        return take_part(c, v);
    struct cursor ahead = *c;
    struct name name = take_name(&ahead);
    if (!name.length)
        return source_error(c->as, c->at, "expected a number or a symbol here");
    if (isdigit((unsigned char)ch))
        return is_local(name) ? take_local(c, v) : take_number(c, &v->number);
    return take_symbol(c, v);
}

static bool take_binary(struct cursor *c, struct value *v, int least)
{
    if (++c->depth > DEPTH_MAX)
        return source_error(c->as, c->at, "more than %d parentheses and signs inside one another",
                            DEPTH_MAX);
    if (!take_operand(c, v))
        return false;
    for (;;) {
        const struct operator* o = peek_operator(c);
        const char *at = c->at;
        struct value right;
        if (!o || o->precedence < least)
            break;
        c->at += o->text[1] ? 2 : 1;
        if (!take_binary(c, &right, o->precedence + 1) || !combine(c, at, o->text, v, right))
            return false;
    }
    c->depth--;
    return true;
}

bool take_expression(struct cursor *c, struct value *v)
{
    c->depth = 0;
    return take_binary(c, v, 1);
}

bool check_range(struct assembler *as, const char *at, struct value v, i64 low, i64 high)
{
    if (!v.known || v.section != ABSOLUTE || (v.number >= low && v.number <= high))
        return true;
    return source_error(as, at, "%lld is not within %lld to %lld", (long long)v.number,
                        (long long)low, (long long)high);
}

bool take_constant(struct cursor *c, i64 low, i64 high, i64 *number)
{
    struct value v;
    skip_blanks(c);
    const char *at = c->at;
    if (!take_expression(c, &v))
        return false;
    if (!v.known || v.section != ABSOLUTE)
        return source_error(
            c->as, at, "this number must be known here: use constants and symbols defined above");
    *number = v.number;
    return check_range(c->as, at, v, low, high);
}
