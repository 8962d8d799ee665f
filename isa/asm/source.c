// The source as the assembler reads it: comments blanked so that positions stay, words, numbers,
// messages that point. Read next: isa/asm/expr.c.
#include "isa/asm/parts.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// ---- memory

bool source_grow(struct assembler *as, void *array, u32 count, u32 *room, size_t element)
{
    void *old, *new;
    memcpy(&old, array, sizeof old); // `array` points to a pointer of some type
    if (count < *room)
        return true;
    u32 more = *room ? *room * 2 : 64;
    new = more > *room ? realloc(old, more * element) : NULL;
    if (!new) {
        as->failed = true;
        return false;
    }
    memcpy(array, &new, sizeof new);
    *room = more;
    return true;
}

// ---- messages

static const char *line_start(const struct assembler *as, size_t offset)
{
    while (offset && as->source[offset - 1] != '\n')
        offset--;
    return as->text + offset;
}

bool source_error(struct assembler *as, const char *at, const char *format, ...)
{
    if (as->pass == VALUES ||
        as->error_count++ >= ASM_ERRORS_MAX) // what is wrong in VALUES will be so in BYTES
        return false;
    struct error *e = &as->errors[as->error_count - 1];
    size_t offset = (size_t)(at - as->source);
    e->line = as->line;
    e->column = (u32)(as->text + offset - line_start(as, offset)) + 1;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(e->text, sizeof e->text, format, arguments);
    va_end(arguments);
    return false;
}

static const char *line_text(const struct assembler *as, u32 line)
{
    const char *p = as->text, *end = as->text + as->length;
    while (--line && p < end)
        for (p = memchr(p, '\n', (size_t)(end - p)); *p++ != '\n';)
            ;
    return p;
}

// The line of an error, cut at 120 characters, and a caret below the column. Tabs stay tabs, so
// that the caret stands right.
static void print_place(FILE *out, const struct assembler *as, const struct error *e)
{
    const char *text = line_text(as, e->line);
    size_t length = 0, left = (size_t)(as->text + as->length - text);
    while (length < left && length < 120 && text[length] != '\n' && text[length] != '\r')
        length++;
    fputs("  ", out);
    for (size_t i = 0; i < length; i++)
        fputc(isprint((unsigned char)text[i]) || text[i] == '\t' ? text[i] : '?', out);
    if (e->column <= 121) {
        fputs("\n  ", out);
        for (size_t i = 0; i + 1 < e->column; i++)
            fputc(i < length && text[i] == '\t' ? '\t' : ' ', out);
        fputc('^', out);
    }
    fputc('\n', out);
}

char *source_messages(const struct assembler *as)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out)
        return NULL;
    for (u32 i = 0; i < as->error_count && i < ASM_ERRORS_MAX; i++) {
        const struct error *e = &as->errors[i];
        fprintf(out, "%s:%u:%u: error: %s\n", as->filename, (unsigned)e->line, (unsigned)e->column,
                e->text);
        print_place(out, as, e);
    }
    if (as->error_count > ASM_ERRORS_MAX)
        fprintf(out, "%s: %u more errors\n", as->filename,
                (unsigned)(as->error_count - ASM_ERRORS_MAX));
    return fclose(out) ? NULL : text;
}

// ---- comments

static void blank(char *from, char *to)
{
    for (; from < to; from++)
        if (*from != '\n')
            *from = ' ';
}

// The end of a string or character constant that starts here; it does not cross lines.
static char *quoted_end(char *p)
{
    char quote = *p++;
    while (*p && *p != '\n' && *p != quote)
        p += *p == '\\' && p[1] && p[1] != '\n' ? 2 : 1;
    return *p == quote ? p + 1 : p;
}

static char *comment_end(char *p)
{
    if (p[0] == '/' && p[1] == '*') {
        char *end = strstr(p + 2, "*/");
        return end ? end + 2 : NULL;
    }
    return p + strcspn(p, "\n");
}

static bool blank_comments(struct assembler *as)
{
    char *p = as->source;
    as->line = 1;
    while (*p) {
        if (*p == '"' || *p == '\'') {
            p = quoted_end(p);
            continue;
        }
        if (*p == '#' || (*p == '/' && (p[1] == '/' || p[1] == '*'))) {
            char *end = comment_end(p);
            if (!end)
                return source_error(as, p, "this comment has no end; close it with */");
            char *start = p;
            for (; p < end; p++)
                as->line += *p == '\n';
            blank(start, end);
            continue;
        }
        as->line += *p++ == '\n';
    }
    return true;
}

bool source_open(struct assembler *as)
{
    as->source = malloc(as->length + 1);
    if (!as->source) {
        as->failed = true;
        return false;
    }
    for (size_t i = 0; i < as->length;
         i++) // a zero byte would end the text early; no statement has a \1
        as->source[i] = as->text[i] ? as->text[i] : '\1';
    as->source[as->length] = 0;
    return blank_comments(as);
}

// ---- words

void skip_blanks(struct cursor *c)
{
    while (c->at < c->end && (*c->at == ' ' || *c->at == '\t' || *c->at == '\r'))
        c->at++;
}

bool is_at(struct cursor *c, char ch)
{
    skip_blanks(c);
    return c->at < c->end && *c->at == ch;
}

bool take(struct cursor *c, char ch)
{
    if (!is_at(c, ch))
        return false;
    c->at++;
    return true;
}

bool expect(struct cursor *c, char ch)
{
    return take(c, ch) || source_error(c->as, c->at, "expected '%c' here", ch);
}

bool expect_end(struct cursor *c)
{
    skip_blanks(c);
    if (c->at == c->end)
        return true;
    if (isprint((unsigned char)*c->at))
        return source_error(c->as, c->at, "unexpected '%c'", *c->at);
    return source_error(c->as, c->at, "unexpected byte 0x%02x", (unsigned char)*c->at);
}

static bool is_name_character(char ch)
{
    return isalnum((unsigned char)ch) || ch == '_' || ch == '.' || ch == '$';
}

struct name take_name(struct cursor *c)
{
    skip_blanks(c);
    struct name name = {c->at, 0};
    while (c->at < c->end && is_name_character(*c->at))
        c->at++;
    name.length = (u32)(c->at - name.at);
    return name;
}

bool is_named(struct name name, const char *text)
{
    for (u32 i = 0; i < name.length; i++)
        if (name.at[i] != text[i])
            return false;
    return !text[name.length];
}

static int digit_value(char ch)
{
    if (isdigit((unsigned char)ch))
        return ch - '0';
    return isalpha((unsigned char)ch) ? tolower((unsigned char)ch) - 'a' + 10 : 99;
}

// 12, 0x1f, 0b101, 0o17 or 017.
bool take_number(struct cursor *c, i64 *number)
{
    struct name word = take_name(c);
    const char *p = word.at, *end = word.at + word.length;
    int base = 10;
    if (word.length > 1 && *p == '0') {
        char kind = (char)tolower((unsigned char)p[1]);
        base = kind == 'x' ? 16 : kind == 'b' ? 2 : 8;
        p += kind == 'x' || kind == 'b' || kind == 'o' ? 2 : 1;
    }
    u64 n = 0;
    if (p == end)
        return source_error(c->as, word.at, "this number has no digits");
    for (; p < end; p++) {
        if (digit_value(*p) >= base)
            return source_error(c->as, p, "'%c' is not a digit of base %d", *p, base);
        n = n * (u64)base + (u64)digit_value(*p);
        if (n > 0xffffffffu)
            return source_error(c->as, word.at, "this number does not fit 32 bits");
    }
    *number = (i64)n;
    return true;
}

// The rest of an escape after its backslash: \xHH, \ooo, or a letter.
static bool take_escape(struct cursor *c, u8 *byte)
{
    static const char letters[] = "abfnrtve\\\"'?", bytes[] = "\a\b\f\n\r\t\v\033\\\"'?";
    const char *start = c->at - 1;
    int base = 8, digits = 3;
    u32 n = 0;
    if (c->at < c->end && *c->at == 'x') {
        c->at++;
        base = 16, digits = 2;
    } else if (c->at < c->end && digit_value(*c->at) >= 8) {
        const char *letter = memchr(letters, *c->at, sizeof letters - 1);
        if (!letter)
            return source_error(c->as, start,
                                "unknown escape; there are \\n \\t \\r \\a \\b \\f \\v \\e \\\\ "
                                "\\\" \\' \\ooo and \\xHH");
        c->at++;
        *byte = (u8)bytes[letter - letters];
        return true;
    }
    const char *first = c->at;
    for (; c->at < c->end && c->at < first + digits && digit_value(*c->at) < base; c->at++)
        n = n * (u32)base + (u32)digit_value(*c->at);
    if (c->at == first || n > 255)
        return source_error(c->as, start, "this escape is not a byte");
    *byte = (u8)n;
    return true;
}

bool take_character(struct cursor *c, u8 *byte)
{
    if (c->at >= c->end)
        return source_error(c->as, c->at, "the closing quote is missing");
    if (*c->at++ == '\\')
        return take_escape(c, byte);
    *byte = (u8)c->at[-1];
    return true;
}

// Levenshtein's distance, for names of at most 23 characters; else a large number.
u32 name_distance(struct name name, const char *text)
{
    u32 row[24], length = (u32)strlen(text);
    if (length >= 24 || name.length >= 24)
        return 99;
    for (u32 j = 0; j <= length; j++)
        row[j] = j;
    for (u32 i = 1; i <= name.length; i++) {
        u32 diagonal = row[0];
        row[0] = i;
        for (u32 j = 1; j <= length; j++) {
            u32 change = diagonal + (name.at[i - 1] != text[j - 1]);
            diagonal = row[j];
            u32 edit = (row[j] < row[j - 1] ? row[j] : row[j - 1]) + 1;
            row[j] = change < edit ? change : edit;
        }
    }
    return row[length];
}
