// The source as the assembler reads it, and its error messages. Comments become blanks, so that
// every other character stays where it was, and a message can point at it.
// Read next: isa/asm/words.c.
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
    if (as->pass == VALUES) // the pass BYTES will find, and report, the same error
        return false;
    if (as->error_count++ >= ASM_ERRORS_MAX)
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

// Prints the line of an error, cut at 120 characters, and a caret below the column. Tabs stay tabs
// in both lines, so that the caret stands below its character.
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

// The end of the string or character constant that starts here. It ends with its line at the
// latest.
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
    // A zero byte would end the text early. A byte 1 is an error in every statement.
    for (size_t i = 0; i < as->length; i++)
        as->source[i] = as->text[i] ? as->text[i] : '\1';
    as->source[as->length] = 0;
    return blank_comments(as);
}
