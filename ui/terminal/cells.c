// Putting text into the grid, and turning the grid into ASCII. Read ui/terminal/cells.h first.
#include "ui/terminal/cells.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define REPLACEMENT 0xfffdu
#define ELLIPSIS 0x2026u

static const struct cell blank = {' ', ROLE_PLAIN, 0};

void cells_clear(struct cells *c)
{
    for (int i = 0; i < c->rows * c->columns; i++)
        c->at[i] = blank;
    c->cursor_row = -1;
    c->cursor_column = 0;
    c->targets = 0;
}

int clamp(int value, int least, int most)
{
    if (value > most)
        value = most;
    return value < least ? least : value;
}

bool cells_resize(struct cells *c, int rows, int columns)
{
    rows = clamp(rows, 0, CELLS_SIDE_MAX);
    columns = clamp(columns, 0, CELLS_SIDE_MAX);
    size_t count = (size_t)rows * (size_t)columns;
    // realloc(p, 0) may free p and return NULL, which looks like a failure: ask for one cell.
    struct cell *at = realloc(c->at, (count ? count : 1) * sizeof *at);
    if (!at) {
        cells_free(c);
        return false;
    }
    c->at = at;
    c->rows = rows;
    c->columns = columns;
    cells_clear(c);
    return true;
}

void cells_free(struct cells *c)
{
    free(c->at);
    free(c->target);
    *c = (struct cells){.cursor_row = -1};
}

// ---- UTF-8

size_t glyph_utf8(u32 glyph, char *to)
{
    size_t n = 0;
    if (glyph < 0x80) {
        to[n++] = (char)glyph;
    } else if (glyph < 0x800) {
        to[n++] = (char)(0xc0 | glyph >> 6);
        to[n++] = (char)(0x80 | (glyph & 0x3f));
    } else if (glyph < 0x10000) {
        to[n++] = (char)(0xe0 | glyph >> 12);
        to[n++] = (char)(0x80 | (glyph >> 6 & 0x3f));
        to[n++] = (char)(0x80 | (glyph & 0x3f));
    } else {
        to[n++] = (char)(0xf0 | (glyph >> 18 & 7));
        to[n++] = (char)(0x80 | (glyph >> 12 & 0x3f));
        to[n++] = (char)(0x80 | (glyph >> 6 & 0x3f));
        to[n++] = (char)(0x80 | (glyph & 0x3f));
    }
    to[n] = 0;
    return n;
}

// How many bytes follow the first byte of a longer form; 0: no form begins with this byte.
static unsigned bytes_after(unsigned char first)
{
    if (first >= 0xc2 && first < 0xe0)
        return 1;
    if ((first & 0xf0) == 0xe0)
        return 2;
    return first >= 0xf0 && first < 0xf5 ? 3 : 0;
}

u32 glyph_next(const char **text)
{
    // By the number of further bytes: a smaller code point has a shorter form, and must use it.
    static const u32 least[] = {0, 0x80, 0x800, 0x10000};
    const unsigned char *p = (const unsigned char *)*text;
    if (!*p)
        return 0;
    (*text)++;
    if (*p < 0x80)
        return *p;
    unsigned more = bytes_after(*p);
    if (!more)
        return REPLACEMENT;
    u32 glyph = *p & (0x3fu >> more);
    for (unsigned i = 1; i <= more; i++) {
        if ((p[i] & 0xc0) != 0x80)
            return REPLACEMENT;
        glyph = glyph << 6 | (p[i] & 0x3f);
    }
    if (glyph < least[more] || glyph > 0x10ffff || (glyph >= 0xd800 && glyph < 0xe000))
        return REPLACEMENT;
    *text += more;
    return glyph;
}

// ---- areas

struct area area_all(struct cells *c)
{
    return (struct area){c, 0, 0, c->rows, c->columns};
}

struct area area_part(const struct area *a, int row, int column, int rows, int columns)
{
    struct area part = {a->grid, a->row + row, a->column + column, rows, columns};
    if (part.rows > a->rows - row)
        part.rows = a->rows - row;
    if (part.columns > a->columns - column)
        part.columns = a->columns - column;
    if (row < 0 || column < 0 || part.rows < 0 || part.columns < 0)
        part.rows = part.columns = 0;
    return part;
}

static struct cell *cell_at(const struct area *a, int row, int column)
{
    if (row < 0 || row >= a->rows || column < 0 || column >= a->columns)
        return NULL;
    return &a->grid->at[(a->row + row) * a->grid->columns + a->column + column];
}

static void put_glyph(const struct area *a, int row, int column, enum role role, u8 attributes,
                      u32 glyph)
{
    struct cell *cell = cell_at(a, row, column);
    // A control character would make the terminal do something, so none may reach it.
    bool control = glyph < ' ' || (glyph >= 0x7f && glyph < 0xa0);
    if (cell)
        *cell = (struct cell){control ? '?' : glyph, (u8)role, attributes};
}

int area_put_until(const struct area *a, int row, int column, int end, enum role role,
                   u8 attributes, const char *text)
{
    if (end > a->columns)
        end = a->columns;
    while (*text && column < end) {
        u32 glyph = glyph_next(&text);
        put_glyph(a, row, column, role, attributes, column == end - 1 && *text ? ELLIPSIS : glyph);
        column++;
    }
    return column;
}

int area_put(const struct area *a, int row, int column, enum role role, u8 attributes,
             const char *text)
{
    for (u32 glyph; (glyph = glyph_next(&text)); column++)
        put_glyph(a, row, column, role, attributes, glyph);
    return column;
}

// How many columns the next word takes; *bytes is its length.
static int word_width(const char *text, size_t *bytes)
{
    const char *end = text;
    int width = 0;
    for (*bytes = 0; *end && *end != ' '; *bytes = (size_t)(end - text), width++)
        glyph_next(&end);
    return width;
}

int area_put_wrapped(const struct area *a, int row, int column, int end, enum role role,
                     u8 attributes, const char *text)
{
    int at = column, rows = 1;
    size_t bytes;
    for (; *text; text += bytes + strspn(text + bytes, " ")) {
        int width = word_width(text, &bytes);
        if (at > column && at + width > end) {
            if (row + rows == a->rows) // what follows has no room: the last row says so
                put_glyph(a, row + rows - 1, at <= end ? at - 1 : end - 1, role, attributes,
                          ELLIPSIS);
            rows++;
            at = column;
        }
        for (const char *p = text; p < text + bytes;)
            put_glyph(a, row + rows - 1, at++, role, attributes, glyph_next(&p));
        at++; // the space behind the word
    }
    return rows;
}

int area_print(const struct area *a, int row, int column, enum role role, u8 attributes,
               const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    return area_put(a, row, column, role, attributes, text);
}

void area_fill(const struct area *a, int row, int column, int count, enum role role, u8 attributes,
               u32 glyph)
{
    for (int i = 0; i < count; i++)
        put_glyph(a, row, column + i, role, attributes, glyph);
}

void area_select(const struct area *a, int row, bool focused)
{
    if (!cell_at(a, row, 0))
        return;
    for (int i = 0; i < a->columns; i++)
        cell_at(a, row, i)->role = focused ? ROLE_SELECTED : ROLE_MARKED;
    if (focused) {
        a->grid->cursor_row = a->row + row;
        a->grid->cursor_column = a->column;
    }
}

// ---- ASCII

static const struct {
    u32 glyph;
    char ascii;
} look_alikes[] = {
    {0x2500, '-'}, {0x2502, '|'}, {0x250c, '+'}, {0x2510, '+'}, {0x2514, '+'}, {0x2518, '+'},
    {0x251c, '+'}, {0x2524, '+'}, {0x252c, '+'}, {0x2534, '+'}, {0x253c, '+'}, {0x2550, '='},
    {0x2581, '.'}, {0x2582, '.'}, {0x2583, ':'}, {0x2584, ':'}, {0x2585, '+'}, {0x2586, '+'},
    {0x2587, '#'}, {0x2588, '#'}, {0x2591, '%'}, {0x25b6, '>'}, {0x25be, 'v'}, {0x25b8, '>'},
    {0x2022, '*'}, {0x00b7, '.'}, {0x2026, '~'}, {0x2192, '>'}, {0x2190, '<'}, {0x2713, 'v'},
    {0x2717, 'x'}, {0x258f, '|'}, {0x258e, '|'}, {0x258d, '|'}, {0x258c, '#'}, {0x258b, '#'},
    {0x258a, '#'}, {0x2589, '#'}, {0x2501, '='}, {0x2191, '^'}, {0x2193, 'v'}, {0x25cf, '*'},
    {0x25a0, '#'}, {0x00d7, 'x'}, {0x2503, '|'}, {0x250f, '+'}, {0x2513, '+'}, {0x2517, '+'},
    {0x251b, '+'}, {0x25c6, 'D'},
};

void cells_to_ascii(struct cells *c)
{
    for (int i = 0; i < c->rows * c->columns; i++) {
        struct cell *cell = &c->at[i];
        if (cell->glyph < 0x80)
            continue;
        u32 glyph = cell->glyph;
        cell->glyph = '?';
        for (size_t k = 0; k < sizeof look_alikes / sizeof *look_alikes; k++)
            if (look_alikes[k].glyph == glyph)
                cell->glyph = (u8)look_alikes[k].ascii;
    }
}
