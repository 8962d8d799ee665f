// A screen as a file: plain text, HTML or SVG. What was on the terminal can then stand in a handout
// or on slides.
// Read next: ui/terminal/leave.h.
#ifndef UI_TERMINAL_EXPORT_H
#define UI_TERMINAL_EXPORT_H

#include "ui/terminal/cells.h"
#include "ui/terminal/theme.h"

#include <stdio.h>

enum export_format { EXPORT_TEXT, EXPORT_HTML, EXPORT_SVG };

// The format of a file by the end of its name: .txt, .html or .svg. -1: none of these.
int export_format_of(const char *path);
// Writes the grid. HTML and SVG are whole files that need no other file. Write errors show in `to`.
void export_cells(const struct cells *c, enum theme theme, enum export_format format, FILE *to);

#endif
