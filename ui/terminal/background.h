// Finds out if the terminal's background is dark or light. Colours that are readable on a dark
// background are not readable on a light one.
// Read next: ui/dashboard/entry.h.
#ifndef UI_TERMINAL_BACKGROUND_H
#define UI_TERMINAL_BACKGROUND_H

#include "isa/types.h"

// Returns true if the environment variable COLORFGBG says that the background is light. Without
// this variable the background counts as dark.
bool background_guess_light(void);

// Returns the bytes that ask the terminal for its background, or NULL if this kind of terminal
// must not be asked. The answer comes among the keys, soon, later or never. It begins with
// BACKGROUND_ANSWER and ends with a BEL, or with ESC and a backslash.
const char *background_question(void);
#define BACKGROUND_ANSWER "\033]11;"

// Reads the answer of a terminal, for example "\033]11;rgb:ffff/ffff/dddd\033\\", and sets
// *light. Returns false if the text holds no such answer.
bool background_read(const char *answer, bool *light);

#endif
