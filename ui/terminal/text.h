// Text for cells: numbers as people read them, and text we do not trust made harmless.
#ifndef UI_TERMINAL_TEXT_H
#define UI_TERMINAL_TEXT_H

#include "isa/types.h"

#define TEXT_NUMBER 28 // bytes that any number below needs

// "1,204,331". `to` has TEXT_NUMBER bytes; returned.
const char *text_grouped(u64 number, char *to);
// At most 5 columns: "999", "12.4k", "3.1M".
const char *text_short(u64 number, char *to);

// Can this code point be shown in one column without doing anything else? (ASCII and the alphabets,
// signs and boxes whose width is certain.)
bool text_is_harmless(u32 glyph);

// Copies foreign text of `count` bytes as harmless UTF-8 on one line: control characters, line ends
// included, become a space, invalid UTF-8 and everything of doubtful width '?'. Always closes `to`
// (size > 0); returns it.
char *text_harmless(const char *from, size_t count, char *to, size_t size);

#endif
