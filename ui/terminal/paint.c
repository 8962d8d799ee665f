// Colours of cells as numbers. Read ui/terminal/paint.h first.
#include "ui/terminal/paint.h"

// A colour of the palette of 256, as xterm has it.
static u32 palette(int colour)
{
    static const u32 base[16] = {0x000000, 0xcd3131, 0x0dbc79, 0xe5e510, 0x2472c8, 0xbc3fbc,
                                 0x11a8cd, 0xe5e5e5, 0x666666, 0xf14c4c, 0x23d18b, 0xf5f543,
                                 0x3b8eea, 0xd670d6, 0x29b8db, 0xffffff};
    static const u32 steps[6] = {0, 95, 135, 175, 215, 255};
    if (colour < 16)
        return base[colour];
    if (colour >= 232)
        return (u32)(8 + 10 * (colour - 232)) * 0x010101;
    u32 cube = (u32)colour - 16;
    return steps[cube / 36] << 16 | steps[cube / 6 % 6] << 8 | steps[cube % 6];
}

struct paint paint_of(const struct cell *cell, enum theme theme)
{
    static const struct {
        u32 foreground, background;
    } terminals[THEMES] = {
        [THEME_AUTO] = {0xd4d4d4, 0x1e1e1e},  [THEME_DARK] = {0xd4d4d4, 0x1e1e1e},
        [THEME_LIGHT] = {0x202020, 0xffffff}, [THEME_CONTRAST] = {0xffffff, 0x000000},
        [THEME_MONO] = {0x000000, 0xffffff},
    };
    struct style style = theme_style((enum role)cell->role, theme, 256);
    u8 on = cell->attributes | style.attributes;
    struct paint p = {terminals[theme].foreground, terminals[theme].background, on & ATTRIBUTE_BOLD,
                      on & ATTRIBUTE_UNDERLINE};
    if (style.foreground >= 0)
        p.foreground = palette(style.foreground);
    if (style.background >= 0)
        p.background = palette(style.background);
    if (on & ATTRIBUTE_REVERSE) {
        u32 foreground = p.foreground;
        p.foreground = p.background;
        p.background = foreground;
    }
    return p;
}

struct paint paint_of_page(enum theme theme)
{
    struct cell blank = {' ', ROLE_PLAIN, 0};
    return paint_of(&blank, theme);
}

bool paint_equal(const struct paint *a, const struct paint *b)
{
    return a->foreground == b->foreground && a->background == b->background && a->bold == b->bold &&
           a->underline == b->underline;
}

void paint_glyph(u32 glyph, bool escape, FILE *to)
{
    char bytes[5];
    if (escape && glyph == '&')
        fputs("&amp;", to);
    else if (escape && glyph == '<')
        fputs("&lt;", to);
    else if (escape && glyph == '>')
        fputs("&gt;", to);
    else if (glyph_utf8(glyph, bytes))
        fputs(bytes, to);
}
