// How a cell looks in a file, where no terminal turns numbers into colours.
// Read next: ui/terminal/export.h.
#ifndef UI_TERMINAL_PAINT_H
#define UI_TERMINAL_PAINT_H

#include "ui/terminal/cells.h"
#include "ui/terminal/theme.h"

#include <stdio.h>

struct paint {
    u32 foreground, background; // 0xrrggbb
    bool bold, underline;
};

struct paint paint_of(const struct cell *cell, enum theme theme);
struct paint paint_of_page(enum theme theme); // the look of a blank cell
bool paint_equal(const struct paint *a, const struct paint *b);

// Writes a glyph as UTF-8. If `escape` is true, & < and > are written as HTML and XML want them.
void paint_glyph(u32 glyph, bool escape, FILE *to);

#endif
