// Is the terminal's background dark or light? Colours that are readable on one are not on the
// other.
// Read next: ui/dashboard/trap_row.h.
#ifndef UI_TERMINAL_BACKGROUND_H
#define UI_TERMINAL_BACKGROUND_H

#include "isa/types.h"

// Asks the terminal on standard input and output, which must be a terminal, and waits at most a
// tenth of a second. If the terminal does not answer, the environment variable COLORFGBG is read.
// If that is missing, too, the background counts as dark. Call before curses has the terminal.
bool background_is_light(void);

// Reads the answer of a terminal, for example "\033]11;rgb:ffff/ffff/dddd\033\\". Sets *light, and
// returns false if the text holds no such answer.
bool background_read(const char *answer, bool *light);

#endif
