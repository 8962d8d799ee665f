// How a role looks: a foreground colour for terminals of 256, 16 and 8 colours, and attributes that
// carry the same meaning without any. The causes' colours are those of Okabe and Ito, told apart by
// colour-blind people too; a letter always stands beside them.
#ifndef UI_TERMINAL_THEME_H
#define UI_TERMINAL_THEME_H

#include "ui/terminal/cells.h"

struct style {
    short foreground, background; // a colour number of the terminal; -1: the terminal's own
    u8 attributes;                // added to the cell's
};

// The look of a role on a terminal of this many colours (256 or more, 16, 8; anything less is
// mono).
struct style theme_style(enum role role, int colours);

#endif
