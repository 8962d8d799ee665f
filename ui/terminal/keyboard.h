// From the bytes that a terminal sends to keys. A terminal sends one byte for a letter, two to four
// for a letter beyond ASCII, and a sequence that begins with ESC for other keys, for the mouse and
// for its answers:
//
//     ESC [ ...      up to a byte from '@' to '~'     a key; with '<' or 'M' the mouse
//     ESC O .        one more byte                    a key
//     ESC ] ...      up to BEL or ESC \               an answer; so do ESC P, ESC X, ESC ^, ESC _
//     ESC [200~      up to ESC [201~                  what a person pastes
//
// Bytes may be wrong or may stop in the middle. They then cost at most themselves: the next key is
// taken as the person meant it. Curses knows the sequences of the usual keys, and gives those keys
// whole; this file reads what curses gives byte by byte.
//
// A paste may stop for a while, since the line to the terminal may be slow. What comes then is
// still text, until the terminal marks the end of the paste, or until a person presses Esc:
//
//                  ESC [200~                no byte for a while
//      not pasting ----------> pasting ---------------------------> waiting
//           ^                   |    ^                                |   |
//           +---- ESC [201~ ----+    +----------- any byte -----------+   |
//           +--------------- ESC [201~, or the key Esc -------------------+
//
// Source: ECMA-48, 5.4 and 8.3; xterm, "XTerm Control Sequences", "Mouse Tracking" and "Bracketed
// Paste Mode".
// Read next: ui/terminal/background.h.
#ifndef UI_TERMINAL_KEYBOARD_H
#define UI_TERMINAL_KEYBOARD_H

#include "isa/types.h"

#define KEYBOARD_GAP 25    // milliseconds between two bytes of a sequence, at most
#define KEYBOARD_PASTE 400 // milliseconds between two bytes of a paste, at most

// Keys beyond the characters they type.
enum key {
    KEY_NONE = -1,
    KEY_OF_ESCAPE = 27,
    KEY_OF_UP = 0x110000, // above every code point
    KEY_OF_DOWN,
    KEY_OF_LEFT,
    KEY_OF_RIGHT,
    KEY_OF_HOME,
    KEY_OF_END,
    KEY_OF_PAGE_UP,
    KEY_OF_PAGE_DOWN,
    KEY_OF_BACK_TAB,
    KEY_OF_BACKSPACE,
    KEY_OF_DELETE,
    KEY_OF_ENTER,
    KEY_OF_HELP,   // F1
    KEY_OF_RESIZE, // or the theme has changed: all is to be drawn anew
    KEY_OF_HANGUP, // a signal asks us to end, or the terminal is gone
    KEY_OF_CLICK,  // the keyboard's mouse_row and mouse_column say where
    KEY_OF_WHEEL_UP,
    KEY_OF_WHEEL_DOWN,
    KEY_OF_PASTE,         // what follows is no typing but a paste,
    KEY_OF_PASTE_GOES_ON, // or the rest of one that had stopped without its end,
    KEY_OF_PASTE_END,     // up to this key
    KEY_OF_ANSWER,        // the terminal's answer to a question: the keyboard's `answer`
    KEY_OF_UNKNOWN,       // a key that has no name here, or bytes that are no key
};

struct keyboard {
    // The next byte (0 to 255) or, from KEY_OF_UP on, a whole key. KEY_NONE: there is none within
    // so many milliseconds.
    int (*next)(void *context, int milliseconds);
    void *context;
    int returned;                // one that was read too early; KEY_NONE: none
    int held;                    // a key that the next call gives; KEY_NONE: none
    int mouse_row, mouse_column; // of the last click or wheel, from 0
    enum { NOT_PASTING, PASTING, PASTE_WAITS } paste;
    char answer[64]; // with the ESC that it begins with; a longer one is cut
};

// The next key: a code point or an enum key. Waits at most `milliseconds` for its first byte, then
// returns KEY_NONE. The release of a mouse button is no key, and gives KEY_NONE, too. Each
// KEY_OF_PASTE and each KEY_OF_PASTE_GOES_ON is followed by a KEY_OF_PASTE_END, even if the
// terminal never sends one. There may be one more KEY_OF_PASTE_END when a paste that waits has
// ended.
int keyboard_key(struct keyboard *k, int milliseconds);

#endif
