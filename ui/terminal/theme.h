// How a role looks on this terminal, in this theme. The table is ui/terminal/theme.def. The
// colours of the trap classes are those of Okabe and Ito, which colour-blind people can tell
// apart. The light theme has darker colours of the same hue. A letter always stands beside such
// a colour.
#ifndef UI_TERMINAL_THEME_H
#define UI_TERMINAL_THEME_H

#include "ui/terminal/cells.h"

enum theme {
    THEME_AUTO,     // dark or light, as the terminal answers (ui/terminal/background.h)
    THEME_DARK,     // for a dark background
    THEME_LIGHT,    // for a light background
    THEME_CONTRAST, // bright colours on a black that is painted: for a projector, or for weak eyes
    THEME_MONO,     // no colours
    THEMES
};
extern const char *const theme_names[]; // "auto", "dark", ..., closed by NULL: for option_choice

struct style {
    short foreground, background; // a colour number of the terminal; -1: the terminal's own
    u8 attributes;                // added to the cell's
};

// Returns the style of a role on a terminal with this many colours: 256 or more, 16, or 8. A
// terminal with fewer colours is treated as mono. THEME_AUTO counts as dark.
struct style theme_style(enum role role, enum theme theme, int colours);

#endif
