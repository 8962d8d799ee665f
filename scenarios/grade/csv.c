// CSV: taking records apart, and writing fields. Contract: scenarios/grade/csv.h.
// Source: RFC 4180.
#include "scenarios/grade/csv.h"

#include "scenarios/script/text.h"

#include <string.h>

// ---- reading

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define FIELD_ENDS ",;\r\n"

void csv_begin(struct csv *c, char *text)
{
    if (!strncmp(text, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
        text += strlen(BYTE_ORDER_MARK);
    *c = (struct csv){.at = text};
}

// Copies a field in quotes over itself without its quotes, and stops behind the closing one.
// Returns where the copy ends. The copy is never longer than what was read, so it overwrites
// nothing that is still to be read.
static char *unquote(struct csv *c)
{
    char *to = c->at++;
    for (; *c->at; c->at++) {
        // A second quote right behind the first stands for one quote.
        if (*c->at == '"' && *++c->at != '"')
            return to;
        c->lines += *c->at == '\n';
        *to++ = *c->at;
    }
    c->wrong = "a quote is opened and never closed";
    return to;
}

// Takes a field, and moves behind what closes it. *last: it was the last field of its record.
static char *take_field(struct csv *c, bool *last)
{
    char *field = c->at, *end;
    if (*field == '"') {
        end = unquote(c);
        // The end of the text also ends a field; strchr finds the zero byte there.
        if (!strchr(FIELD_ENDS, *c->at))
            c->wrong = "there is text behind a closing quote; a quote inside a field is doubled";
    } else {
        c->at += strcspn(c->at, FIELD_ENDS);
        end = c->at;
    }
    *last = *c->at != ',' && *c->at != ';';
    if (c->at[0] == '\r' && c->at[1] == '\n')
        c->at++;
    c->at += *c->at != 0;
    *end = 0;
    return field;
}

char *csv_record(struct csv *c)
{
    bool last;
    if (!*c->at)
        return NULL;
    c->line = ++c->lines;
    char *first = take_field(c, &last);
    while (!last && !c->wrong)
        take_field(c, &last);
    return c->wrong ? NULL : first;
}

// ---- writing

#define FIELD_MOST 1024 // bytes that are written of a field

void csv_field(FILE *to, const char *text)
{
    char clean[4 * FIELD_MOST + 8];
    text_clean(text, strnlen(text, FIELD_MOST), clean, sizeof clean);
    bool formula = *clean && strchr("=+-@", *clean);
    if (!formula && !strpbrk(clean, ",\"\n")) {
        fputs(clean, to);
        return;
    }
    fputs(formula ? "\"'" : "\"", to);
    for (const char *c = clean; *c; c++) {
        if (*c == '"')
            fputc('"', to);
        fputc(*c, to);
    }
    fputc('"', to);
}
