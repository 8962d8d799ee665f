// Text for cells: numbers as people read them, and text we do not trust made harmless.
// Read next: ui/terminal/theme.def.
#ifndef UI_TERMINAL_TEXT_H
#define UI_TERMINAL_TEXT_H

#include "isa/types.h"

#define TEXT_NUMBER 28 // bytes that any number below needs

// "1,204,331". `to` has TEXT_NUMBER bytes; returned.
const char *text_grouped(u64 number, char *to);
// At most 5 columns: "999", "12.4k", "3.1M".
const char *text_short(u64 number, char *to);

// How many columns a harmless text takes.
size_t text_columns(const char *text);

// Does this code point take one column and do nothing else? Only ASCII and those alphabets, signs
// and boxes are accepted whose width is certain on every terminal.
bool text_is_harmless(u32 glyph);

// Copies `count` bytes of foreign text as harmless UTF-8 on one line. Control characters and line
// ends become spaces. Invalid UTF-8 and glyphs of doubtful width become '?'. `to` (size > 0) is
// always closed by 0; returns it.
char *text_harmless(const char *from, size_t count, char *to, size_t size);

#endif
