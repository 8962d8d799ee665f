// A screen shows grids of cells on the terminal and gives keys. Its implementation is the only
// file that calls curses. The terminal is again as it was before, however the program ends
// (ui/terminal/leave.h). SIGTSTP and SIGCONT work. If a terminal accepts no more bytes, the
// program does not hang: it writes no frame, it still reads keys, and a signal or a key can end
// it.
// Read next: ui/terminal/screen_curses.c.
#ifndef UI_TERMINAL_SCREEN_H
#define UI_TERMINAL_SCREEN_H

#include "ui/terminal/cells.h"
#include "ui/terminal/keyboard.h"
#include "ui/terminal/theme.h"

enum colour {
    COLOUR_AUTO,
    COLOUR_ALWAYS,
    COLOUR_NEVER
}; // AUTO: as the terminal can, unless NO_COLOR is set and not empty

struct screen;

// Returns true if stdin and stdout are a terminal that can move its cursor. If not, *why says
// what is missing.
bool screen_possible(const char **why);

// Opens the screen. Only one screen can be open. Returns NULL if that fails.
struct screen *screen_open(enum colour colour, enum theme theme, bool ascii);
void screen_close(struct screen *s);
// To be called after screen_close. Returns the signal that asked the program to end; 0 if there
// was none. Ctrl-C is only a way to quit, and does not count. When everything is saved, the
// program ends by that signal. So the sender of the signal sees from the program's status that
// it was obeyed.
int screen_signal(void);

void screen_size(const struct screen *s, int *rows, int *columns);
// Returns true if the terminal can accept a frame now. It cannot while it is stopped, or while
// nobody reads the bytes that it gets.
bool screen_is_ready(void);
void screen_show(struct screen *s, struct cells *c); // if `ascii`, c becomes ASCII first
void screen_set_theme(struct screen *s, enum theme theme);
enum theme screen_theme(const struct screen *s); // never THEME_AUTO
void screen_redraw(struct screen *s);            // the next screen_show writes everything anew

// Returns the next key: a code point or an enum key. Waits at most `milliseconds` (0: does not
// wait), then returns KEY_NONE.
int screen_key(struct screen *s, int milliseconds);
void screen_mouse(const struct screen *s, int *row,
                  int *column); // of the last KEY_OF_CLICK or wheel

#endif
