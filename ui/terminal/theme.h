// How a role looks: colours for terminals that have 256, 16 or 8 of them, and attributes that carry
// the same meaning on a terminal without colours. The colours of the trap classes are those of
// Okabe and Ito, which colour-blind people can tell apart. A letter always stands beside such a
// colour.
#ifndef UI_TERMINAL_THEME_H
#define UI_TERMINAL_THEME_H

#include "ui/terminal/cells.h"

struct style {
    short foreground, background; // a colour number of the terminal; -1: the terminal's own
    u8 attributes;                // added to the cell's
};

// The style of a role on a terminal with this many colours: 256 or more, 16, or 8. A terminal with
// fewer is treated as mono.
struct style theme_style(enum role role, int colours);

#endif
