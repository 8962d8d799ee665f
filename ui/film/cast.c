// Writing a cast. Read ui/film/cast.h first.
#include "ui/film/cast.h"

#include <stdlib.h>
#include <string.h>

void cast_put_json(const char *text, FILE *to)
{
    putc('"', to);
    for (const u8 *c = (const u8 *)text; *c; c++) {
        if (*c == '"' || *c == '\\')
            fprintf(to, "\\%c", *c);
        else if (*c < ' ' || *c == 0x7f || *c == '<' || *c == '>' || *c == '&')
            fprintf(to, "\\u%04x", *c);
        else
            putc(*c, to);
    }
    putc('"', to);
}

// ---- bytes for the terminal

static void put_style(const struct cell *cell, enum theme theme, FILE *to)
{
    struct style style = theme_style((enum role)cell->role, theme, 256);
    u8 on = cell->attributes | style.attributes;
    fputs("\033[0", to);
    if (on & ATTRIBUTE_BOLD)
        fputs(";1", to);
    if (on & ATTRIBUTE_UNDERLINE)
        fputs(";4", to);
    if (on & ATTRIBUTE_REVERSE)
        fputs(";7", to);
    if (style.foreground >= 0)
        fprintf(to, ";38;5;%d", style.foreground);
    if (style.background >= 0)
        fprintf(to, ";48;5;%d", style.background);
    putc('m', to);
}

static bool same_look(const struct cell *a, const struct cell *b)
{
    return a->role == b->role && a->attributes == b->attributes;
}

static bool same_cell(const struct cell *a, const struct cell *b)
{
    return a->glyph == b->glyph && same_look(a, b);
}

// Writes the cells of one row that differ from what the terminal shows.
static void put_row(const struct cast *c, const struct cells *now, int row, FILE *to)
{
    const struct cell *new = &now->at[row * now->columns], *old = &c->last.at[row * now->columns];
    char bytes[5];
    for (int i = 0; i < now->columns; i++) {
        if (same_cell(&new[i], &old[i]))
            continue;
        fprintf(to, "\033[%d;%dH", row + 1, i + 1);
        for (int first = i; i < now->columns && !same_cell(&new[i], &old[i]); i++) {
            if (i == first || !same_look(&new[i], &new[i - 1]))
                put_style(&new[i], c->theme, to);
            glyph_utf8(new[i].glyph, bytes);
            fputs(bytes, to);
        }
    }
}

// All that the frame changes, malloc'ed; NULL: out of memory.
static char *changes(const struct cast *c, const struct cells *now)
{
    char *text = NULL;
    size_t size;
    FILE *to = open_memstream(&text, &size);
    if (!to)
        return NULL;
    if (!c->begun)
        fputs("\033[?25l\033[0m\033[2J", to); // no cursor, and an empty screen
    for (int row = 0; row < now->rows; row++)
        put_row(c, now, row, to);
    fclose(to);
    return text;
}

// ---- lines of the file

static void begin(struct cast *c, const struct cells *now)
{
    fprintf(c->to, "{\"version\":2,\"width\":%d,\"height\":%d,\"title\":", now->columns, now->rows);
    cast_put_json(c->title, c->to);
    fputs(",\"env\":{\"TERM\":\"xterm-256color\"}}\n", c->to);
    if (!cells_resize(&c->last, now->rows, now->columns))
        return;
    cells_clear(&c->last);
}

static void put_event(const struct cast *c, u64 time, char kind, const char *text)
{
    fprintf(c->to, "[%llu.%03u,\"%c\",", (unsigned long long)(time / 1000), (unsigned)(time % 1000),
            kind);
    cast_put_json(text, c->to);
    fputs("]\n", c->to);
}

void cast_frame(void *context, const struct film_frame *frame)
{
    struct cast *c = context;
    const struct cells *now = frame->cells;
    if (!c->begun)
        begin(c, now);
    if (!c->last.at)
        return; // out of memory
    char *text = changes(c, now);
    c->begun = true;
    if (text)
        put_event(c, frame->time, 'o', text);
    if (frame->marker)
        put_event(c, frame->time, 'm', frame->marker);
    free(text);
    memcpy(c->last.at, now->at, (size_t)(now->rows * now->columns) * sizeof *now->at);
}

void cast_free(struct cast *c)
{
    cells_free(&c->last);
}
