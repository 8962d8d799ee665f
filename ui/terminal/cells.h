// A screen as data: a grid of cells. Each cell has a glyph, a colour role and attributes. Views
// draw into an area of the grid and know nothing of terminals. A screen backend
// (ui/terminal/screen_curses.c) or a test prints the grid.
//
//      struct cells: rows x columns
//      +-----------------------------+       struct area: a window on the grid.
//      |        +-------area------+  |       What is put outside of it is cut off.
//      |        |                 |  |
//      |        +-----------------+  |
//      +-----------------------------+
//
// Text is UTF-8 that trapeze itself wrote: each code point takes one column, and there are no
// control characters. Text of guests and scripts goes through ui/terminal/text.h first.
// Read next: ui/gdb/target.h.
#ifndef UI_TERMINAL_CELLS_H
#define UI_TERMINAL_CELLS_H

#include "isa/types.h"

// The meaning of a cell. ui/terminal/theme.h says how that meaning looks with 256, 16, 8 or no
// colours.
enum role {
    ROLE_PLAIN,
    ROLE_DIM,
    ROLE_FRAME,
    ROLE_FOCUS, // the frame and title of the pane with the focus
    ROLE_TITLE,
    ROLE_BAR,  // the status line on top
    ROLE_HINT, // the hint bar at the bottom, and the keys in it
    ROLE_KEY,
    ROLE_CHANGED,
    ROLE_SELECTED, // the selected row of the pane with the focus
    ROLE_MARKED,   // the selected row of another pane
    ROLE_GOOD,
    ROLE_WARNING,
    ROLE_BAD,
    ROLE_VMM,
    ROLE_GUEST,
    ROLE_PRIVILEGED, // causes, by family: privileged instructions
    ROLE_PAGE,       // page faults
    ROLE_CALL,       // ecall
    ROLE_DEVICE,     // device accesses
    ROLE_INTERRUPT,  // timer, software, external
    ROLE_FAULT,      // a fault that should not happen: an access fault, a misaligned access, an
                     // undefined instruction
    ROLE_GUEST_2,    // each guest has a colour of its own; the first guest has ROLE_GUEST
    ROLE_GUEST_3,
    ROLE_GUEST_4,
    ROLE_GUEST_5,
    ROLE_GUEST_6,
    ROLE_BAR_GOOD, // words in the status line
    ROLE_BAR_WARNING,
    ROLE_BAR_BAD,
    ROLES
};

enum { ATTRIBUTE_BOLD = 1, ATTRIBUTE_REVERSE = 2, ATTRIBUTE_UNDERLINE = 4 };

struct cell {
    u32 glyph; // a Unicode code point, one column wide; never a control character
    u8 role;   // enum role
    u8 attributes;
};

struct target;

struct cells {
    int rows, columns;
    int cursor_row, cursor_column; // where the cursor stands; row -1: the cursor is hidden
    struct cell *at;               // rows * columns, row by row
    struct target *target;         // which thing stands where (ui/terminal/target.h)
    u32 targets, target_room;
};

// Returns the value itself, or the nearer end of the range from least to most if the value lies
// outside.
int clamp(int value, int least, int most);

#define CELLS_SIDE_MAX 1000 // rows and columns beyond this are not used

// Gives the grid this size (each side 0 to CELLS_SIDE_MAX), and makes all cells blank. Returns
// false if there is no memory; the grid is then 0x0.
bool cells_resize(struct cells *c, int rows, int columns);
void cells_clear(struct cells *c);
void cells_free(struct cells *c);

// A rectangle of the grid. Drawing outside of it has no effect.
struct area {
    struct cells *grid;
    int row, column, rows, columns;
};

struct area area_all(struct cells *c);
// Returns the part of an area that starts at row, column and has this size. What lies outside
// the area is cut off.
struct area area_part(const struct area *a, int row, int column, int rows, int columns);

// Puts text at row, column of the area; what does not fit is cut off. Returns the column after the
// text, as if nothing had been cut off.
int area_put(const struct area *a, int row, int column, enum role role, u8 attributes,
             const char *text);
int area_print(const struct area *a, int row, int column, enum role role, u8 attributes,
               const char *format, ...) __attribute__((format(printf, 6, 7)));
// The same, but the text ends before column `end`. If text was cut off, its last glyph is an
// ellipsis.
int area_put_until(const struct area *a, int row, int column, int end, enum role role,
                   u8 attributes, const char *text);
// Puts text into the columns from `column` to before `end`, broken between words over as many rows
// as it needs. Returns how many rows that is, even if some lie outside the area. If the text goes
// on below the area, its last row ends with "…".
int area_put_wrapped(const struct area *a, int row, int column, int end, enum role role,
                     u8 attributes, const char *text);
// Puts one glyph `count` times, from left to right.
void area_fill(const struct area *a, int row, int column, int count, enum role role, u8 attributes,
               u32 glyph);
// Shows a whole row as the selected row. If the pane has the focus, the cursor stays on this
// row, so that a screen reader finds it.
void area_select(const struct area *a, int row, bool focused);

// Replaces every glyph beyond ASCII by a look-alike in ASCII ("─" by "-", "█" by "#", ...).
void cells_to_ascii(struct cells *c);

// Writes a glyph as UTF-8 into `to` (at least 5 bytes), and a zero byte behind it. Returns the
// length.
size_t glyph_utf8(u32 glyph, char *to);
// Returns the next code point of *text, and moves *text behind it. Returns 0 at the end. Every
// byte that is not valid UTF-8 gives one U+FFFD.
u32 glyph_next(const char **text);

#endif
