// The table of styles, and which of its columns a terminal needs. Read ui/terminal/theme.h first.
#include "ui/terminal/theme.h"

const char *const theme_names[] = {"auto", "dark", "light", "contrast", "mono", NULL};

// The names that the table uses.
enum { N = -1, BLACK, RED, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };
enum { BOLD = ATTRIBUTE_BOLD, REVERSE = ATTRIBUTE_REVERSE, UNDERLINE = ATTRIBUTE_UNDERLINE };

struct colours {
    short foreground, background;
};

struct row {
    struct colours dark256, light256, contrast256, dark16, light16, dark8, light8;
    u8 attributes, mono;
};

#define ROLE(name, d, db, l, lb, c, cb, d16, db16, l16, lb16, d8, db8, l8, lb8, attributes, mono) \
    [ROLE_##name] = {{d, db},   {l, lb},   {c, cb},    {d16, db16}, {l16, lb16},                  \
                     {d8, db8}, {l8, lb8}, attributes, mono},
static const struct row rows[ROLES] = {
#include "ui/terminal/theme.def"
};
#undef ROLE

// The theme `contrast` paints the background itself, whatever the terminal's own is.
static struct colours on_black(struct colours c)
{
    return (struct colours){c.foreground < 0 ? WHITE : c.foreground,
                            c.background < 0 ? BLACK : c.background};
}

static struct colours colours_of(const struct row *row, enum theme theme, int colours)
{
    bool light = theme == THEME_LIGHT;
    if (colours >= 256 && theme == THEME_CONTRAST)
        return row->contrast256;
    if (colours >= 256)
        return light ? row->light256 : row->dark256;
    struct colours dark = colours >= 16 ? row->dark16 : row->dark8;
    if (theme == THEME_CONTRAST)
        return on_black(dark);
    if (!light)
        return dark;
    return colours >= 16 ? row->light16 : row->light8;
}

struct style theme_style(enum role role, enum theme theme, int colours)
{
    const struct row *row = &rows[role < ROLES ? role : ROLE_PLAIN];
    if (colours < 8 || theme == THEME_MONO)
        return (struct style){-1, -1, row->mono};
    struct colours c = colours_of(row, theme, colours);
    return (struct style){c.foreground, c.background, row->attributes};
}
