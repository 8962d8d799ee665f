// Directives: they choose where bytes go, give bytes, and define names. The table at the end lists
// them. Directives that compilers print for linkers and debuggers are accepted and ignored.
// Read next: isa/asm/insn.c.
#include "isa/asm/parts.h"

#include <string.h>

#define ALIGNMENT_MAX 22 // 2^22: a superpage

// ---- sections

static bool to_section(struct cursor *c, i64 section)
{
    c->as->section = (u8)section;
    return expect_end(c);
}

// The section that a name stands for. Well-known names may have a suffix (.text.boot). For any
// other name the flags in `rest` decide: "ax" is code, "aw" data, @nobits zeros, and else it is
// constants.
static u8 section_named(struct name name, struct cursor rest)
{
    static const struct {
        const char *name;
        u8 section;
    } known[] = {{".text", TEXT},  {".rodata", RODATA}, {".srodata", RODATA}, {".data", DATA},
                 {".sdata", DATA}, {".bss", BSS},       {".sbss", BSS}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        size_t length = strlen(known[i].name);
        if (name.length >= length && !memcmp(name.at, known[i].name, length) &&
            (name.length == length || name.at[length] == '.'))
            return known[i].section;
    }
    size_t length = (size_t)(rest.end - rest.at);
    const char *nobits = memmem(rest.at, length, "nobits", 6);
    const char *close = memrchr(rest.at, '"', length);
    if (nobits)
        return BSS;
    if (close && memchr(rest.at, 'x', (size_t)(close - rest.at)))
        return TEXT;
    return close && memchr(rest.at, 'w', (size_t)(close - rest.at)) ? DATA : RODATA;
}

static bool section(struct cursor *c, i64 unused)
{
    struct name name = take_name(c);
    (void)unused;
    if (!name.length && take(c, '"')) { // compilers quote unusual names
        const char *close = memchr(c->at, '"', (size_t)(c->end - c->at));
        name = (struct name){c->at, close ? (u32)(close - c->at) : 0};
        c->at = close ? close + 1 : c->at;
    }
    if (!name.length)
        return source_error(c->as, c->at, "expected the name of a section");
    c->as->section = section_named(name, *c);
    return true;
}

static bool org(struct cursor *c, i64 unused)
{
    struct assembler *as = c->as;
    struct value v;
    (void)unused;
    skip_blanks(c);
    const char *at = c->at;
    if (!take_expression(c, &v) || !expect_end(c))
        return false;
    if (!v.known || (v.section != ABSOLUTE && v.section != TEXT))
        return source_error(
            as, at, "this address must be known here: use constants and symbols defined above");
    if (as->section != TEXT)
        return source_error(as, at, ".org belongs in .text; use .space or .balign here");
    i64 offset = v.section == ABSOLUTE && v.number >= as->base ? v.number - as->base : v.number;
    if (offset < as->sections[TEXT].end)
        return source_error(as, at, ".org goes forward only, and 0x%08x is taken already",
                            (unsigned)(as->base + (u32)offset));
    return emit_fill(as, at, offset - as->sections[TEXT].end, 0);
}

static const u8 nop[4] = {0x13, 0, 0, 0};

// Moves the section's end to a multiple of `alignment`, a power of two. Code is filled with nops,
// so that it can be run through; everything else with zeros.
static bool align_to(struct cursor *c, u32 alignment)
{
    struct assembler *as = c->as;
    struct section *s = &as->sections[as->section];
    // .text starts at the base of the image; the others start at a multiple of their alignment.
    u32 end = as->section == TEXT ? as->base + s->end : s->end;
    u32 padding = -end & (alignment - 1);
    if (alignment > s->alignment)
        s->alignment = alignment;
    if (as->section != TEXT || padding & 3)
        return emit_fill(as, c->at, padding, 0);
    for (; padding; padding -= 4)
        if (!emit(as, nop, sizeof nop))
            return false;
    return true;
}

// .align n and .p2align n align to 2^n; .balign n aligns to n, a power of two. GNU's further
// arguments (filler, and how many bytes to skip at most) may follow and are not used.
static bool align(struct cursor *c, i64 is_bytes)
{
    i64 n, most = is_bytes ? 1 << ALIGNMENT_MAX : ALIGNMENT_MAX;
    skip_blanks(c);
    const char *at = c->at;
    if (!take_constant(c, 0, most, &n))
        return false;
    if (is_bytes && (n & (n - 1)))
        return source_error(c->as, at, "%lld is not a power of two", (long long)n);
    if (take(c, ','))
        c->at = c->end;
    if (!is_bytes)
        n = (i64)1 << n;
    return expect_end(c) && align_to(c, n ? (u32)n : 1);
}

// ---- bytes

static bool numbers(struct cursor *c, i64 size)
{
    i64 top = (i64)1 << (8 * size);
    do {
        struct value v;
        skip_blanks(c);
        const char *at = c->at;
        if (!take_expression(c, &v) || !check_range(c->as, at, v, -top / 2, top - 1))
            return false;
        u64 n = v.known ? (u64)v.number : 0;
        u8 bytes[4] = {(u8)n, (u8)(n >> 8), (u8)(n >> 16), (u8)(n >> 24)};
        if (!emit(c->as, bytes, (u32)size))
            return false;
    } while (take(c, ','));
    return expect_end(c);
}

static bool string(struct cursor *c)
{
    if (!is_at(c, '"'))
        return source_error(c->as, c->at, "expected a string in double quotes");
    c->at++;
    while (c->at < c->end && *c->at != '"') {
        u8 byte;
        if (!take_character(c, &byte) || !emit(c->as, &byte, 1))
            return false;
    }
    return take(c, '"') || source_error(c->as, c->at, "the closing quote is missing");
}

static bool strings(struct cursor *c, i64 is_closed)
{
    do {
        if (!string(c) || (is_closed && !emit(c->as, "", 1)))
            return false;
    } while (take(c, ','));
    return expect_end(c);
}

// .space bytes[, filler]
static bool space(struct cursor *c, i64 unused)
{
    i64 count, filler = 0;
    (void)unused;
    skip_blanks(c);
    const char *at = c->at;
    if (!take_constant(c, 0, 0xffffffffLL, &count) ||
        (take(c, ',') && !take_constant(c, -128, 255, &filler)) || !expect_end(c))
        return false;
    return emit_fill(c->as, at, count, (u8)filler);
}

// ---- names

static bool take_symbol_name(struct cursor *c, struct name *name)
{
    *name = take_name(c);
    if (!name->length || (*name->at >= '0' && *name->at <= '9'))
        return source_error(c->as, name->at, "expected a name");
    return true;
}

static bool equ(struct cursor *c, i64 unused)
{
    struct name name;
    struct value v;
    (void)unused;
    return take_symbol_name(c, &name) && expect(c, ',') && take_expression(c, &v) &&
           expect_end(c) && symbol_define(c->as, name, v, false);
}

static bool globl(struct cursor *c, i64 unused)
{
    (void)unused;
    do {
        struct name name;
        struct symbol *symbol;
        if (!take_symbol_name(c, &name) || !(symbol = symbol_get(c->as, name)))
            return false;
        symbol->is_global = true;
    } while (take(c, ','));
    return expect_end(c);
}

// .comm name, bytes[, alignment]: makes room in .bss and gives it a name.
static bool comm(struct cursor *c, i64 unused)
{
    struct name name;
    i64 size, alignment = 4;
    (void)unused;
    if (!take_symbol_name(c, &name) || !expect(c, ',') ||
        !take_constant(c, 0, ASM_SECTION_MAX, &size) ||
        (take(c, ',') && !take_constant(c, 1, 1 << ALIGNMENT_MAX, &alignment)) || !expect_end(c))
        return false;
    u8 section = c->as->section;
    c->as->section = BSS;
    bool done = align_to(c, (u32)alignment & -(u32)alignment) &&
                symbol_define(c->as, name, here(c->as), true) && emit_fill(c->as, name.at, size, 0);
    c->as->section = section;
    return done;
}

static bool ignore(struct cursor *c, i64 unused)
{
    (void)c, (void)unused;
    return true;
}

// ---- the table

static const struct {
    const char *name;
    bool (*run)(struct cursor *c, i64 argument);
    i64 argument;
} directives[] = {
    {".text", to_section, TEXT},
    {".rodata", to_section, RODATA},
    {".data", to_section, DATA},
    {".bss", to_section, BSS},
    {".section", section, 0},
    {".org", org, 0},
    {".align", align, false},
    {".p2align", align, false},
    {".balign", align, true},
    {".word", numbers, 4},
    {".long", numbers, 4},
    {".4byte", numbers, 4},
    {".half", numbers, 2},
    {".short", numbers, 2},
    {".2byte", numbers, 2},
    {".byte", numbers, 1},
    {".ascii", strings, false},
    {".asciz", strings, true},
    {".string", strings, true},
    {".space", space, 0},
    {".skip", space, 0},
    {".zero", space, 0},
    {".equ", equ, 0},
    {".set", equ, 0},
    {".globl", globl, 0},
    {".global", globl, 0},
    {".comm", comm, 0},
    // for linkers and debuggers
    {".option", ignore, 0},
    {".type", ignore, 0},
    {".size", ignore, 0},
    {".file", ignore, 0},
    {".ident", ignore, 0},
    {".attribute", ignore, 0},
    {".addrsig", ignore, 0},
    {".addrsig_sym", ignore, 0},
    {".local", ignore, 0},
    {".weak", ignore, 0},
    {".loc", ignore, 0},
};

const char *directive_near(struct name name, u32 *distance)
{
    const char *near = NULL;
    *distance = 99;
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++) {
        u32 d = name_distance(name, directives[i].name);
        if (d < *distance)
            near = directives[i].name, *distance = d;
    }
    return near;
}

bool directive(struct cursor *c, struct name name)
{
    u32 distance;
    for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
        if (is_named(name, directives[i].name))
            return directives[i].run(c, directives[i].argument);
    const char *near = directive_near(name, &distance);
    int length = (int)(name.length > 40 ? 40 : name.length);
    if (distance < 3 && near)
        return source_error(c->as, name.at, "unknown directive '%.*s'; did you mean '%s'?", length,
                            name.at, near);
    return source_error(c->as, name.at,
                        "unknown directive '%.*s' (there are no macros, conditionals or includes)",
                        length, name.at);
}
