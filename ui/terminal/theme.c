// The table of styles, and which of its columns a terminal needs. Read ui/terminal/theme.h first.
#include "ui/terminal/theme.h"

const char *const theme_names[] = {"auto", "dark", "light", "contrast", "mono", NULL};

// The names that the table uses.
enum { N = -1, RED = 1, GREEN, YELLOW, BLUE, MAGENTA, CYAN, WHITE };
enum { BOLD = ATTRIBUTE_BOLD, REVERSE = ATTRIBUTE_REVERSE, UNDERLINE = ATTRIBUTE_UNDERLINE };

struct colours {
    short foreground, background;
};

struct row {
    struct colours dark256, light256, contrast256, dark16, light16, any8;
    u8 attributes, mono;
};

#define ROLE(name, d, db, l, lb, c, cb, d16, db16, l16, lb16, a8, ab8, attributes, mono) \
    [ROLE_##name] = {{d, db},     {l, lb},   {c, cb},    {d16, db16},                    \
                     {l16, lb16}, {a8, ab8}, attributes, mono},
static const struct row rows[ROLES] = {
#include "ui/terminal/theme.def"
};
#undef ROLE

static struct colours colours_of(const struct row *row, enum theme theme, int colours)
{
    bool light = theme == THEME_LIGHT;
    if (colours >= 256 && theme == THEME_CONTRAST)
        return row->contrast256;
    if (colours >= 256)
        return light ? row->light256 : row->dark256;
    if (colours >= 16)
        return light ? row->light16 : row->dark16;
    return row->any8;
}

struct style theme_style(enum role role, enum theme theme, int colours)
{
    const struct row *row = &rows[role < ROLES ? role : ROLE_PLAIN];
    if (colours < 8 || theme == THEME_MONO)
        return (struct style){-1, -1, row->mono};
    struct colours c = colours_of(row, theme, colours);
    return (struct style){c.foreground, c.background, row->attributes};
}
