// Letters, sequences and the mouse, out of bytes. Read ui/terminal/keyboard.h first.
#include "ui/terminal/keyboard.h"

#include <stdio.h>
#include <string.h>
#include <wchar.h>

#define ESCAPE 0x1b
#define BELL 7

static int next(struct keyboard *k, int milliseconds)
{
    int got = k->returned;
    k->returned = KEY_NONE;
    return got == KEY_NONE ? k->next(k->context, milliseconds) : got;
}

static void give_back(struct keyboard *k, int byte)
{
    k->returned = byte;
}

// ---- characters

static int key_of_ascii(int byte)
{
    if (byte == '\r' || byte == '\n')
        return KEY_OF_ENTER;
    return byte == 0x7f ? KEY_OF_BACKSPACE : byte;
}

// A character of several bytes, in the encoding of the locale. The byte that shows the character to
// be wrong is not part of it, unless it is the first one: it may be the next key.
static int read_character(struct keyboard *k, int byte)
{
    mbstate_t state = {0};
    wchar_t character;
    for (bool first = true;; first = false) {
        char one = (char)byte;
        size_t size = mbrtowc(&character, &one, 1, &state);
        if (size == (size_t)-1) {
            if (!first)
                give_back(k, byte);
            return KEY_OF_UNKNOWN;
        }
        if (size != (size_t)-2)
            return (int)character;
        byte = next(k, KEYBOARD_GAP);
        if (byte == KEY_NONE)
            return KEY_OF_UNKNOWN;
        if (byte >= KEY_OF_UP) {
            give_back(k, byte);
            return KEY_OF_UNKNOWN;
        }
    }
}

// ---- the mouse

#define BUTTON_MODIFIERS 0x1c // Shift, Meta and Control change nothing here
#define BUTTON_LEFT 0
#define BUTTON_WHEEL_UP 64
#define BUTTON_WHEEL_DOWN 65

// Row and column count from 1, as the terminal sends them.
static int mouse_key(struct keyboard *k, unsigned button, unsigned row, unsigned column)
{
    static const struct {
        unsigned button;
        int key;
    } keys[] = {
        {BUTTON_LEFT, KEY_OF_CLICK},
        {BUTTON_WHEEL_UP, KEY_OF_WHEEL_UP},
        {BUTTON_WHEEL_DOWN, KEY_OF_WHEEL_DOWN},
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if ((button & ~(unsigned)BUTTON_MODIFIERS) == keys[i].button && row && column) {
            k->mouse_row = (int)row - 1;
            k->mouse_column = (int)column - 1;
            return keys[i].key;
        }
    return KEY_NONE;
}

// ESC [ M, the older form: three bytes, each 32 more than what it says.
static int read_old_mouse(struct keyboard *k)
{
    unsigned part[3];
    for (int i = 0; i < 3; i++) {
        int byte = next(k, KEYBOARD_GAP);
        if (byte < ' ' || byte > 0xff) {
            give_back(k, byte);
            return KEY_OF_UNKNOWN;
        }
        part[i] = (unsigned)byte - ' ';
    }
    return mouse_key(k, part[0], part[2], part[1]);
}

// The newer form: ESC [ < button ; column ; row, and then M for a press or m for a release.
static int new_mouse(struct keyboard *k, const char *parameters, int final)
{
    unsigned button, column, row;
    if (sscanf(parameters, "<%3u;%4u;%4u", &button, &column, &row) != 3)
        return KEY_OF_UNKNOWN;
    return final == 'M' ? mouse_key(k, button, row, column) : KEY_NONE;
}

// ---- sequences

// ESC [ 200 ~ and ESC [ 201 ~ stand around a paste.
static int end_of_paste(struct keyboard *k, const char *parameters)
{
    if (k->paste != PASTING && !strcmp(parameters, "200")) {
        k->paste = PASTING;
        return KEY_OF_PASTE;
    }
    if (k->paste != NOT_PASTING && !strcmp(parameters, "201")) {
        k->paste = NOT_PASTING;
        return KEY_OF_PASTE_END;
    }
    return KEY_OF_UNKNOWN;
}

// ESC [: parameters up to a final byte. Curses takes those of the keys that it knows, so what is
// left is the mouse, or a key that has no name here.
static int read_control(struct keyboard *k)
{
    char parameters[24] = "";
    size_t count = 0;
    for (;;) {
        int byte = next(k, KEYBOARD_GAP);
        if (byte == 'M' && !count)
            return read_old_mouse(k);
        if (byte >= '@' && byte <= '~' && *parameters == '<')
            return new_mouse(k, parameters, byte);
        if (byte >= '@' && byte <= '~')
            return byte == '~' ? end_of_paste(k, parameters) : KEY_OF_UNKNOWN;
        if (byte < ' ' || byte > '~') { // no byte of a sequence: it has ended too early
            give_back(k, byte);
            return KEY_OF_UNKNOWN;
        }
        if (count + 1 < sizeof parameters)
            parameters[count++] = (char)byte;
    }
}

// ESC ], and other strings, up to a BEL or to ESC and a backslash. `answer` gets the whole.
static int read_string(struct keyboard *k, int kind)
{
    size_t count = 0;
    k->answer[count++] = ESCAPE;
    for (int byte = kind, before = 0;; before = byte, byte = next(k, KEYBOARD_GAP)) {
        bool control = byte < ' ' && byte != BELL && byte != ESCAPE;
        if (control || byte > '~' || (before == ESCAPE && byte != '\\')) {
            give_back(k, byte);
            return KEY_OF_UNKNOWN;
        }
        if (count + 1 < sizeof k->answer)
            k->answer[count++] = (char)byte;
        k->answer[count] = 0;
        if (byte == BELL || (before == ESCAPE && byte == '\\'))
            return KEY_OF_ANSWER;
    }
}

static int read_sequence(struct keyboard *k)
{
    int byte = next(k, 0); // curses has waited for it
    switch (byte) {
    case '[':
        return read_control(k);
    case 'O':
        byte = next(k, KEYBOARD_GAP);
        if (byte >= KEY_OF_UP)
            give_back(k, byte);
        return KEY_OF_UNKNOWN;
    case ']':
    case 'P':
    case 'X':
    case '^':
    case '_':
        return read_string(k, byte);
    default:
        give_back(k, byte);
        return KEY_OF_ESCAPE;
    }
}

// ---- pastes

// Bytes of a paste come without a pause. If one does not, the screen must show what came so far.
static int next_of_paste(struct keyboard *k)
{
    int byte = next(k, KEYBOARD_PASTE);
    if (byte != KEY_NONE)
        return byte;
    k->paste = PASTE_WAITS;
    return KEY_OF_PASTE_END;
}

// A key that comes while a paste waits. It may be the first key of the rest of the paste, and in a
// paste no key may do anything. Two keys end the paste: its end, and an Esc that nothing follows.
static int key_while_waiting(struct keyboard *k, int key)
{
    bool ended = k->paste != PASTE_WAITS; // or another paste has begun
    bool of_program = key == KEY_NONE || key == KEY_OF_RESIZE || key == KEY_OF_HANGUP ||
                      key == KEY_OF_ANSWER;
    if (ended || of_program)
        return key;
    if (key == KEY_OF_ESCAPE && k->returned == KEY_NONE) {
        k->paste = NOT_PASTING;
        return KEY_OF_PASTE_END;
    }
    k->paste = PASTING;
    k->held = key;
    return KEY_OF_PASTE_GOES_ON;
}

// ---- all keys

static int key_of_byte(struct keyboard *k, int byte)
{
    if (byte == KEY_NONE || byte >= KEY_OF_UP)
        return byte;
    if (byte == ESCAPE)
        return read_sequence(k);
    return byte < 0x80 ? key_of_ascii(byte) : read_character(k, byte);
}

int keyboard_key(struct keyboard *k, int milliseconds)
{
    int held = k->held;
    k->held = KEY_NONE;
    if (held != KEY_NONE)
        return held;
    if (k->paste == PASTING)
        return key_of_byte(k, next_of_paste(k));
    bool waits = k->paste == PASTE_WAITS;
    int key = key_of_byte(k, next(k, milliseconds));
    return waits ? key_while_waiting(k, key) : key;
}
