// Is the terminal's background dark or light? Colours that are readable on one are not on the
// other.
// Read next: ui/dashboard/entry.h.
#ifndef UI_TERMINAL_BACKGROUND_H
#define UI_TERMINAL_BACKGROUND_H

#include "isa/types.h"

// What the environment variable COLORFGBG says; without it the background counts as dark.
bool background_guess_light(void);

// The bytes that ask the terminal; NULL: this kind of terminal must not be asked. The answer comes
// among the keys, now, later or never. It begins with BACKGROUND_ANSWER and ends with a BEL, or
// with ESC and a backslash.
const char *background_question(void);
#define BACKGROUND_ANSWER "\033]11;"

// Reads the answer of a terminal, for example "\033]11;rgb:ffff/ffff/dddd\033\\". Sets *light, and
// returns false if the text holds no such answer.
bool background_read(const char *answer, bool *light);

#endif
