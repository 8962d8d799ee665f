// Writing a screen as a file. Read ui/terminal/export.h first.
#include "ui/terminal/export.h"
#include "ui/terminal/paint.h"

#include <string.h>

// The size of a cell of the SVG, in its units: about that of a monospaced font of 14 units.
#define CELL_WIDTH 8.4
#define CELL_HEIGHT 17.0
#define BASE_LINE 13.0

// ---- runs of cells that look alike

// The column behind the run that begins at `column`.
static int end_of_run(const struct cells *c, enum theme theme, int row, int column)
{
    const struct cell *cells = &c->at[row * c->columns];
    struct paint first = paint_of(&cells[column], theme);
    for (column++; column < c->columns; column++) {
        struct paint next = paint_of(&cells[column], theme);
        if (!paint_equal(&first, &next))
            break;
    }
    return column;
}

static void put_glyphs(const struct cells *c, int row, int from, int end, bool escape, FILE *to)
{
    for (int column = from; column < end; column++)
        paint_glyph(c->at[row * c->columns + column].glyph, escape, to);
}

// ---- the formats

static void export_text(const struct cells *c, FILE *to)
{
    for (int row = 0; row < c->rows; row++) {
        int end = c->columns;
        while (end > 0 && c->at[row * c->columns + end - 1].glyph == ' ')
            end--;
        put_glyphs(c, row, 0, end, false, to);
        fputc('\n', to);
    }
}

static void export_html(const struct cells *c, enum theme theme, FILE *to)
{
    struct paint page = paint_of_page(theme);
    fprintf(to,
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>trapeze"
            "</title></head>\n<body style=\"background:#%06x\">\n"
            "<pre style=\"color:#%06x;background:#%06x;font:14px/1.2 monospace\">\n",
            page.background, page.foreground, page.background);
    for (int row = 0; row < c->rows; row++) {
        for (int column = 0, end; column < c->columns; column = end) {
            struct paint p = paint_of(&c->at[row * c->columns + column], theme);
            end = end_of_run(c, theme, row, column);
            fprintf(to, "<span style=\"color:#%06x;background:#%06x%s%s\">", p.foreground,
                    p.background, p.bold ? ";font-weight:bold" : "",
                    p.underline ? ";text-decoration:underline" : "");
            put_glyphs(c, row, column, end, true, to);
            fputs("</span>", to);
        }
        fputc('\n', to);
    }
    fputs("</pre>\n</body>\n</html>\n", to);
}

static bool is_blank(const struct cells *c, int row, int from, int end)
{
    for (int column = from; column < end; column++)
        if (c->at[row * c->columns + column].glyph != ' ')
            return false;
    return true;
}

// The text has the width of its cells, whatever font the viewer has.
static void export_svg_run(const struct cells *c, const struct paint *p, u32 page, int row,
                           int from, int end, FILE *to)
{
    double x = from * CELL_WIDTH, y = row * CELL_HEIGHT, width = (end - from) * CELL_WIDTH;
    if (p->background != page)
        fprintf(to, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" fill=\"#%06x\"/>\n",
                x, y, width, CELL_HEIGHT, p->background);
    if (is_blank(c, row, from, end))
        return;
    fprintf(to,
            "<text x=\"%.1f\" y=\"%.1f\" textLength=\"%.1f\" lengthAdjust=\"spacingAndGlyphs\" "
            "fill=\"#%06x\"%s%s>",
            x, y + BASE_LINE, width, p->foreground, p->bold ? " font-weight=\"bold\"" : "",
            p->underline ? " text-decoration=\"underline\"" : "");
    put_glyphs(c, row, from, end, true, to);
    fputs("</text>\n", to);
}

static void export_svg(const struct cells *c, enum theme theme, FILE *to)
{
    double width = c->columns * CELL_WIDTH, height = c->rows * CELL_HEIGHT;
    u32 page = paint_of_page(theme).background;
    fprintf(to,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%.0f\" height=\"%.0f\" "
            "font-family=\"monospace\" font-size=\"14\" xml:space=\"preserve\">\n"
            "<rect width=\"100%%\" height=\"100%%\" fill=\"#%06x\"/>\n",
            width, height, page);
    for (int row = 0; row < c->rows; row++)
        for (int column = 0, end; column < c->columns; column = end) {
            struct paint p = paint_of(&c->at[row * c->columns + column], theme);
            end = end_of_run(c, theme, row, column);
            export_svg_run(c, &p, page, row, column, end, to);
        }
    fputs("</svg>\n", to);
}

int export_format_of(const char *path)
{
    static const char *const endings[] = {
        [EXPORT_TEXT] = ".txt", [EXPORT_HTML] = ".html", [EXPORT_SVG] = ".svg"};
    size_t length = strlen(path);
    for (int i = 0; i < 3; i++)
        if (length > strlen(endings[i]) && !strcmp(path + length - strlen(endings[i]), endings[i]))
            return i;
    return -1;
}

void export_cells(const struct cells *c, enum theme theme, enum export_format format, FILE *to)
{
    if (format == EXPORT_TEXT)
        export_text(c, to);
    else if (format == EXPORT_HTML)
        export_html(c, theme, to);
    else
        export_svg(c, theme, to);
}
