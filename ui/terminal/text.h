// Text for cells: numbers in a form that people read easily, and foreign text made harmless.
// Harmless text has no control characters, and each of its code points takes one column on every
// terminal.
// Read next: ui/terminal/theme.def.
#ifndef UI_TERMINAL_TEXT_H
#define UI_TERMINAL_TEXT_H

#include "isa/types.h"

#define TEXT_NUMBER 28 // bytes that any number below needs

// Writes a number with commas, for example "1,204,331". `to` has TEXT_NUMBER bytes; returns
// `to`.
const char *text_grouped(u64 number, char *to);
// Writes a number in at most 5 columns, for example "999", "12.4k" or "3.1M". Returns `to`.
const char *text_short(u64 number, char *to);

// Returns how many columns a harmless text takes.
size_t text_columns(const char *text);

// Returns true if this code point takes one column and does nothing else. Only ASCII and those
// alphabets, signs and boxes are accepted whose width is certain on every terminal.
bool text_is_harmless(u32 glyph);

// Copies `count` bytes of foreign text as harmless UTF-8 on one line. Control characters and
// line ends become spaces. Invalid UTF-8 and glyphs of doubtful width become '?'. A zero byte
// always ends `to` (size > 0). Returns `to`.
char *text_harmless(const char *from, size_t count, char *to, size_t size);

#endif
