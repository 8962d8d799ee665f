// Text from scripts and guests, made fit for a terminal.
// Read next: scenarios/script/text.c.
#ifndef SCENARIOS_SCRIPT_TEXT_H
#define SCENARIOS_SCRIPT_TEXT_H

#include "isa/types.h"

#include <stddef.h>

// Copies `size` bytes to `to`, which has `room` bytes. Characters that a terminal could read as
// a command become visible text: control characters (but newline and tab), characters that
// change the direction of writing, and bytes that are not UTF-8 become "\xNN". Returns the
// length written, at most room - 1; a zero byte follows. `room` is always sufficient if it is
// four times `size`, and 8.
size_t text_clean(const char *from, size_t size, char *to, size_t room);

#endif
