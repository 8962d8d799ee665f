// The one table of all things that a person can do: ui/dashboard/keys.def. Key, command name,
// help and group stand in one row. The key handler, the hint bar, the help screen and the
// command prompt all walk the table.
#ifndef UI_DASHBOARD_KEYS_H
#define UI_DASHBOARD_KEYS_H

#include "ui/terminal/cells.h"
#include "ui/terminal/screen.h"

enum action {
    ACTION_NONE,
    ACTION_GROUP, // no action: the row is the heading of a part of the help
    ACTION_STEP,
    ACTION_BACK,
    ACTION_OVER,
    ACTION_NEXT_TRAP,
    ACTION_LAST_TRAP,
    ACTION_LAST_STOP,
    ACTION_RUN,
    ACTION_PAUSE,
    ACTION_TOGGLE,
    ACTION_FASTER,
    ACTION_SLOWER,
    ACTION_PANE, // the pane whose number is the key
    ACTION_NEXT_PANE,
    ACTION_PREVIOUS_PANE,
    ACTION_ZOOM,
    ACTION_UP,
    ACTION_DOWN,
    ACTION_LEFT,
    ACTION_RIGHT,
    ACTION_PAGE_UP,
    ACTION_PAGE_DOWN,
    ACTION_FIRST,
    ACTION_LAST,
    ACTION_WIDER,
    ACTION_CLOSER,
    ACTION_VCPU,
    ACTION_FOLLOW,
    ACTION_INPUT,
    ACTION_MARKS,
    ACTION_COMMAND,
    ACTION_HELP,
    ACTION_REDRAW,
    ACTION_ESCAPE,
    ACTION_QUIT,
    ACTION_ENTER,
    ACTION_DELETE,
    ACTION_GOTO,
    ACTION_EXPLAIN,
    ACTION_EXPORT,
    ACTION_FIND,
    ACTION_FIND_AGAIN,
    ACTION_FILTER,
    ACTION_STOP_AT,
    ACTION_BREAK,
    ACTION_BOOKMARK,
    ACTION_JUMP,
    ACTION_ADDRESS,
    ACTION_PAGE_BEFORE,
    ACTION_PAGE_AFTER,
    ACTION_THEME,
    ACTION_WHOLE_RUN,
    ACTION_HISTORY,
    ACTION_LAST_CHANGE,
    ACTION_RUN_BACK,
    ACTION_PHASE_NEXT,
    ACTION_PHASE_LAST,
    ACTION_SET,
    ACTION_ORIGINAL,
    ACTION_GDB,
    ACTION_FILM,
    ACTIONS
};

struct binding {
    int key, other; // code points or enum key; `other` is KEY_NONE if there is no second key
    u8 action;      // enum action
    u8 hint; // the rank in the hint bar, from 1; 0: the hint bar does not show it. If there is not
             // enough room, the bar leaves out the highest numbers
    bool asks;              // the command takes words behind its name
    const char *label;      // the key as the help shows it
    const char *short_name; // the name that the hint bar shows
    const char *command;    // the name that the prompt knows
    const char *help;       // one line; for a row with ACTION_GROUP its heading
};
extern const struct binding bindings[]; // closed by a row with action NONE

// Returns the binding of a key, or NULL if the key has none.
const struct binding *keys_find(int key);
// Returns the binding of a command that was typed at the prompt. `word` is the command's name,
// or a beginning of the name that no other command has. Returns NULL if no command or several
// commands begin so.
const struct binding *keys_command(const char *word);
// Lists the names that begin so, with a space before each, as far as `to` has room. Returns how
// many there are.
u32 keys_beginning(const char *word, char *to, size_t size);

// Draws the help, from its line `scroll` on. The help begins with the pane in focus (`pane` is
// its number and name, `shows` says what it shows). The keys, the letters of the traps, and the
// words follow. Returns how many lines the whole help has.
int keys_draw_help(const struct area *a, int scroll, const char *pane, const char *shows);

#endif
