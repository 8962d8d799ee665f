// The passes. The first one reads every statement to learn sizes and labels; then the sections are
// laid out; the last one reads every statement again and keeps the bytes. This file is the last
// chapter but one of those in isa/asm/parts.h.
// Read next: isa/asm/elf.c.
#include "isa/asm/parts.h"

#include <stdlib.h>
#include <string.h>

// ---- statements

// Takes the labels of a statement, "name:" or "1:", of which there may be any number. Leaves the
// cursor at what follows them.
static bool take_labels(struct cursor *c)
{
    for (;;) {
        struct cursor ahead = *c;
        struct name name = take_name(&ahead);
        if (!name.length || !take(&ahead, ':'))
            return true;
        bool is_local = *name.at >= '0' && *name.at <= '9';
        if (!is_local && register_number(name) >= 0)
            return source_error(c->as, name.at, "'%.*s' is a register, not a label",
                                (int)name.length, name.at);
        if (!(is_local ? local_define(c->as, name) : symbol_define(c->as, name, here(c->as), true)))
            return false;
        *c = ahead;
    }
}

static bool statement(struct cursor *c)
{
    if (!take_labels(c))
        return false;
    skip_blanks(c);
    if (c->at == c->end)
        return true;
    c->as->statement = c->at;
    struct name name = take_name(c);
    if (!name.length)
        return expect_end(c);
    if (take(c, '=')) {
        struct value v;
        return take_expression(c, &v) && expect_end(c) && symbol_define(c->as, name, v, false);
    }
    return *name.at == '.' ? directive(c, name) : instruction(c, name);
}

// The end of a statement: a semicolon outside quotes, or the end of the line.
static const char *statement_end(const char *p)
{
    char quote = 0;
    for (; *p && *p != '\n' && (*p != ';' || quote); p++) {
        if (*p == '\\' && quote && p[1] && p[1] != '\n')
            p++;
        else if (quote ? *p == quote : (*p == '"' || *p == '\''))
            quote = quote ? 0 : *p;
    }
    return p;
}

u32 asm_statements(const char *text, size_t length)
{
    struct assembler as = {.text = text, .length = length};
    u32 count = 0;
    source_open(&as); // a comment without an end stays text, which is no blank
    if (as.failed)
        return UINT32_MAX;
    for (const char *p = as.source, *end; *p; p = *end ? end + 1 : end) {
        end = statement_end(p);
        count += p + strspn(p, " \t\r\f\v") < end;
    }
    free(as.source);
    return count;
}

static void run_pass(struct assembler *as, enum pass pass)
{
    as->pass = pass;
    as->line = 1;
    as->section = TEXT;
    as->locals_passed = as->li_passed = as->pcrel_count = 0;
    memset(as->local_above, 0, sizeof as->local_above);
    for (int s = TEXT; s < SECTIONS; s++)
        as->sections[s].end = 0;
    for (const char *p = as->source; *p && !as->failed;) {
        struct cursor c = {as, p, statement_end(p), 0};
        p = c.end;
        // An error is noted, and reading goes on: the next statement may have another one.
        statement(&c);
        if (*p && *p++ == '\n')
            as->line++;
    }
}

// How many constants were defined by something that was not known at that place.
static u32 count_unknown(const struct assembler *as)
{
    u32 count = 0;
    for (u32 i = 0; i < as->symbols.count; i++)
        count += as->symbols.rows[i].line && !as->symbols.rows[i].value.known;
    return count;
}

// Runs silent passes as long as each of them finds the value of at least one more constant. A
// constant that is left then depends on itself, or on a name that nobody defines: the pass BYTES
// reports it.
static void settle_constants(struct assembler *as)
{
    u32 before, unknown = count_unknown(as);
    for (u32 tries = 0; unknown && tries < 8 && !as->failed; tries++) {
        before = unknown;
        run_pass(as, VALUES);
        unknown = count_unknown(as);
        if (unknown >= before)
            break;
    }
}

// ---- layout

static bool lay_out(struct assembler *as)
{
    u64 at = as->base;
    as->line = 1; // the place that an error names
    for (int i = TEXT; i < SECTIONS; i++) {
        struct section *s = &as->sections[i];
        u32 alignment = s->alignment < 16 ? 16 : s->alignment;
        if (i != TEXT && s->end)
            at = (at + alignment - 1) & -(u64)alignment;
        s->base = (u32)at;
        s->size = s->end;
        at += s->size;
        s->bytes = i == BSS ? NULL : calloc(s->size ? s->size : 1, 1);
        if (i != BSS && !s->bytes) {
            as->failed = true;
            return false;
        }
    }
    if (at > 0x100000000u)
        return source_error(as, as->source, "the image ends above 0xffffffff; choose a lower base");
    return true;
}

// ---- the image

static int by_value(const void *a, const void *b)
{
    const struct asm_symbol *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return strcmp(x->name, y->name);
}

static int by_address(const void *a, const void *b)
{
    const struct asm_line *x = a, *y = b;
    return x->address < y->address ? -1 : x->address > y->address;
}

static bool copy_symbols(struct assembler *as, struct asm_image *image)
{
    const struct section *text = &as->sections[TEXT];
    image->symbols = calloc(as->symbols.count + 1, sizeof *image->symbols);
    for (u32 i = 0; image->symbols && i < as->symbols.count; i++) {
        const struct symbol *row = &as->symbols.rows[i];
        if (!row->line || (row->length > 1 && !memcmp(row->name, ".L", 2)))
            continue;
        u32 value = (u32)settled(as, row->value).number;
        bool code = row->is_label && value - text->base <= text->size;
        char *name = strndup(row->name, row->length);
        if (!name)
            return false;
        image->symbols[image->symbol_count++] =
            (struct asm_symbol){name, value, row->is_global, !row->is_label, code};
    }
    if (image->symbols)
        qsort(image->symbols, image->symbol_count, sizeof *image->symbols, by_value);
    return image->symbols != NULL;
}

static bool copy_bytes(struct assembler *as, struct asm_image *image)
{
    const struct section *s = as->sections;
    u32 ends[SECTIONS];
    for (int i = TEXT; i < SECTIONS; i++)
        ends[i] = s[i].base + s[i].size - as->base;
    image->base = as->base;
    image->text = s[TEXT].size;
    // An empty section takes no room, and its alignment must not make the file longer.
    image->size = ends[TEXT];
    if (s[RODATA].size)
        image->size = ends[RODATA];
    if (s[DATA].size)
        image->size = ends[DATA];
    image->data = s[DATA].size ? s[DATA].base - as->base : image->size;
    image->memory = s[BSS].size ? ends[BSS] : image->size;
    image->bytes = calloc(image->size ? image->size : 1, 1);
    for (int i = TEXT; image->bytes && i < BSS; i++)
        if (s[i].size)
            memcpy(image->bytes + (s[i].base - as->base), s[i].bytes, s[i].size);
    return image->bytes != NULL;
}

static bool make_image(struct assembler *as, struct asm_image *image)
{
    if (!copy_bytes(as, image) || !copy_symbols(as, image))
        return false;
    if (as->line_count)
        qsort(as->lines, as->line_count, sizeof *as->lines, by_address);
    image->lines = as->lines;
    image->line_count = as->line_count;
    as->lines = NULL;
    const struct asm_symbol *start = asm_symbol_find(image, "_start");
    image->entry = start ? start->value : image->base;
    return true;
}

// ---- entry

static bool assemble(struct assembler *as, struct asm_image *image)
{
    bool is_long = false;
    if (as->length > ASM_SOURCE_MAX)
        as->length = 0, is_long = true;
    if (!source_open(as))
        return false;
    if (is_long)
        return source_error(as, as->source, "the source is larger than %u MiB",
                            ASM_SOURCE_MAX >> 20);
    if (as->base & 3)
        return source_error(as, as->source, "the base 0x%08x is not a multiple of 4",
                            (unsigned)as->base);
    run_pass(as, SIZES);
    // After an error in SIZES the sections have wrong sizes, so later errors would mean nothing.
    if (as->error_count || as->failed || !lay_out(as))
        return false;
    settle_constants(as);
    run_pass(as, BYTES);
    return !as->error_count && !as->failed && make_image(as, image);
}

static void release(struct assembler *as)
{
    for (int i = TEXT; i < SECTIONS; i++)
        free(as->sections[i].bytes);
    free(as->source);
    free(as->symbols.rows);
    free(as->symbols.slots);
    free(as->locals);
    free(as->li_sizes);
    free(as->pcrels);
    free(as->lines);
}

bool asm_assemble(const char *text, size_t length, const char *filename, u32 base, u32 profile,
                  struct asm_image *image, struct asm_errors *errors)
{
    struct assembler *as = calloc(1, sizeof *as);
    *image = (struct asm_image){0};
    *errors = (struct asm_errors){0};
    if (as) {
        *as = (struct assembler){
            .filename = filename, .text = text, .length = length, .profile = profile, .base = base};
        bool done = assemble(as, image);
        errors->text = done ? NULL : source_messages(as);
        errors->count = as->error_count;
        release(as);
        free(as);
        if (done)
            return true;
    }
    asm_image_free(image);
    if (!errors->count) {
        free(errors->text);
        errors->text = strdup("out of memory while assembling\n");
        errors->count = 1;
    }
    return false;
}

void asm_image_free(struct asm_image *image)
{
    for (u32 i = 0; i < image->symbol_count; i++)
        free(image->symbols[i].name);
    free(image->symbols);
    free(image->lines);
    free(image->bytes);
    *image = (struct asm_image){0};
}

void asm_errors_free(struct asm_errors *errors)
{
    free(errors->text);
    *errors = (struct asm_errors){0};
}

const struct asm_symbol *asm_symbol_find(const struct asm_image *image, const char *name)
{
    for (u32 i = 0; i < image->symbol_count; i++)
        if (!strcmp(image->symbols[i].name, name))
            return &image->symbols[i];
    return NULL;
}

u32 asm_line_at(const struct asm_image *image, u32 address)
{
    struct asm_line key = {.address = address};
    if (!image->line_count)
        return 0;
    const struct asm_line *found =
        bsearch(&key, image->lines, image->line_count, sizeof key, by_address);
    return found ? found->line : 0;
}
