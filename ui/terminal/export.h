// Writes a screen to a file as plain text, HTML or SVG. A handout or a slide can then show what
// was on the terminal.
// Read next: ui/terminal/leave.h.
#ifndef UI_TERMINAL_EXPORT_H
#define UI_TERMINAL_EXPORT_H

#include "ui/terminal/cells.h"
#include "ui/terminal/theme.h"

#include <stdio.h>

enum export_format { EXPORT_TEXT, EXPORT_HTML, EXPORT_SVG };

// Returns the format of a file by the end of its name: .txt, .html or .svg. Returns -1 for any
// other end.
int export_format_of(const char *path);
// Writes the grid. HTML and SVG are complete files that need no other file. After a write error
// ferror(to) is true.
void export_cells(const struct cells *c, enum theme theme, enum export_format format, FILE *to);

#endif
