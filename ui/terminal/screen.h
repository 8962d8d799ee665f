// The terminal: the only door to curses. A screen shows grids of cells and gives keys. The terminal
// is as it was before, however the program ends (ui/terminal/leave.h). SIGTSTP and SIGCONT work. A
// terminal that takes no more bytes holds nothing up: no frame is written to it, its keys are
// read, and a signal or a key ends the program all the same.
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

// Are stdin and stdout a terminal that can move its cursor? If not, *why says what is missing.
bool screen_possible(const char **why);

// Takes the terminal; NULL if that fails. Only one screen can be open.
struct screen *screen_open(enum colour colour, enum theme theme, bool ascii);
void screen_close(struct screen *s);
// The signal that asked us to end, after screen_close; 0: none. Ctrl-C is only a way to quit, and
// does not count. When everything is saved the program ends by that signal, so that who sent it
// sees from our status that it was obeyed.
int screen_signal(void);

void screen_size(const struct screen *s, int *rows, int *columns);
// Can the terminal take a frame now? It cannot while it is stopped, or nobody reads what it gets.
bool screen_is_ready(void);
void screen_show(struct screen *s, struct cells *c); // under `ascii` c is changed to ASCII first
void screen_set_theme(struct screen *s, enum theme theme);
enum theme screen_theme(const struct screen *s); // never THEME_AUTO
void screen_redraw(struct screen *s);            // the next screen_show writes everything anew

// The next key: a code point or an enum key. Waits at most `milliseconds` (0: not at all), then
// returns KEY_NONE.
int screen_key(struct screen *s, int milliseconds);
void screen_mouse(const struct screen *s, int *row,
                  int *column); // of the last KEY_OF_CLICK or wheel

#endif
