// Turns the bytes that a terminal sends into keys. A terminal sends one byte for a letter, two
// to four bytes for a letter beyond ASCII, and a sequence that begins with ESC for other keys,
// for the mouse and for its answers:
//
//     ESC [ ...      up to a byte from '@' to '~'     a key; with '<' or 'M' the mouse
//     ESC O .        one more byte                    a key
//     ESC ] ...      up to BEL or ESC \               an answer; so do ESC P, ESC X, ESC ^, ESC _
//     ESC [200~      up to ESC [201~                  what a person pastes
//
// Bytes may be wrong, or may stop in the middle of a sequence. Such bytes are lost, but the key
// after them is taken as the person meant it. Curses knows the sequences of the usual keys, and
// gives each of those keys as one number. This file reads what curses gives byte by byte.
//
// A paste may stop for a while, because the line to the terminal may be slow. Bytes that come
// after the pause are still pasted text, until the terminal marks the end of the paste, or until
// a person presses Esc:
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

#define KEYBOARD_GAP 25    // the most milliseconds between two bytes of a sequence
#define KEYBOARD_PASTE 400 // the most milliseconds between two bytes of a paste

// Keys that type no character.
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
    KEY_OF_RESIZE, // the size or the theme has changed: the whole screen must be drawn again
    KEY_OF_HANGUP, // a signal asks the program to end, or the terminal is gone
    KEY_OF_CLICK,  // the keyboard's mouse_row and mouse_column say where
    KEY_OF_WHEEL_UP,
    KEY_OF_WHEEL_DOWN,
    KEY_OF_PASTE,         // a paste begins: the next characters are pasted, not typed
    KEY_OF_PASTE_GOES_ON, // a paste goes on that had stopped without its end
    KEY_OF_PASTE_END,     // the pasted characters end here
    KEY_OF_ANSWER,        // the terminal's answer to a question: the keyboard's `answer`
    KEY_OF_UNKNOWN,       // a key that has no name here, or bytes that are no key
};

struct keyboard {
    // Returns the next byte (0 to 255), or a whole key (from KEY_OF_UP on). Waits at most this
    // number of milliseconds, then returns KEY_NONE.
    int (*next)(void *context, int milliseconds);
    void *context;
    int returned;                // a byte or key that was read too early; KEY_NONE: there is none
    int held;                    // a key that the next call returns; KEY_NONE: there is none
    int mouse_row, mouse_column; // of the last click or wheel, from 0
    enum { NOT_PASTING, PASTING, PASTE_WAITS } paste;
    char answer[64]; // the answer, with the ESC at its beginning; a longer answer is cut
};

// Returns the next key: a code point or an enum key. Waits at most `milliseconds` for its first
// byte, then returns KEY_NONE. The release of a mouse button is no key, and gives KEY_NONE, too.
// After each KEY_OF_PASTE and each KEY_OF_PASTE_GOES_ON there comes a KEY_OF_PASTE_END, even if
// the terminal never sends one. When a paste that waits has ended, there may be one more
// KEY_OF_PASTE_END.
int keyboard_key(struct keyboard *k, int milliseconds);

#endif
