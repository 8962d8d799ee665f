// Bytes to keys, without a terminal: what is whole becomes a key, what is not costs at most itself.
#include "tests/suite.h"
#include "ui/terminal/keyboard.h"

#include <locale.h>
#include <stdio.h>
#include <string.h>

#define PAUSE (-1) // no byte comes in time

// What the terminal sends. A number below 0 is a pause.
struct line {
    const int *at, *end;
};

static int next_of_line(void *context, int milliseconds)
{
    struct line *l = context;
    if (l->at == l->end)
        return KEY_NONE;
    if (*l->at != PAUSE)
        return *l->at++;
    if (milliseconds <= KEYBOARD_PASTE)
        return KEY_NONE; // the pause is longer
    l->at++;
    return next_of_line(l, 0);
}

struct example {
    const char *name;
    int sent[24], keys[12]; // each ends with 0
};

#define ESC 27
#define UNKNOWN KEY_OF_UNKNOWN
#define GOES_ON KEY_OF_PASTE_GOES_ON

static const struct example examples[] = {
    {"letters", {'a', '\r', 0x7f}, {'a', KEY_OF_ENTER, KEY_OF_BACKSPACE}},
    {"a letter of two bytes, and one of three", {0xc3, 0xa9, 0xe2, 0x82, 0xac}, {0xe9, 0x20ac}},
    {"a byte that begins nothing", {0xe9, 'q'}, {UNKNOWN, 'q'}},
    {"half a letter", {0xc3, PAUSE, 0xa9, 'q'}, {UNKNOWN, UNKNOWN, 'q'}},
    {"half a letter before a whole one", {0xe2, 0x82, 0xc3, 0xa9}, {UNKNOWN, 0xe9}},
    {"a letter in too many bytes", {0xc0, 0x80, 'q'}, {UNKNOWN, UNKNOWN, 'q'}},
    {"half a letter before a key of curses", {0xc3, KEY_OF_UP}, {UNKNOWN, KEY_OF_UP}},
    {"Esc alone", {ESC, PAUSE, 'q'}, {ESC, 'q'}},
    {"Esc before a letter", {ESC, 'q'}, {ESC, 'q'}},
    {"a key without a name", {ESC, '[', '1', ';', '5', 'A', 'q'}, {UNKNOWN, 'q'}},
    {"the beginning of a sequence", {ESC, '[', '1', PAUSE, 'q'}, {UNKNOWN, 'q'}},
    {"a sequence that a letter beyond ASCII ends", {ESC, '[', 0xc3, 0xa9}, {UNKNOWN, 0xe9}},
    {"a key of the keypad", {ESC, 'O', 'M', 'q'}, {UNKNOWN, 'q'}},
    {"half of one", {ESC, 'O', PAUSE, 'q'}, {UNKNOWN, 'q'}},
    {"a click", {ESC, '[', '<', '0', ';', '8', '0', ';', '2', '4', 'M'}, {KEY_OF_CLICK}},
    {"a click with Control", {ESC, '[', '<', '1', '6', ';', '1', ';', '1', 'M'}, {KEY_OF_CLICK}},
    {"a wheel", {ESC, '[', '<', '6', '5', ';', '1', ';', '1', 'M'}, {KEY_OF_WHEEL_DOWN}},
    {"an older click", {ESC, '[', 'M', ' ', '!', '!'}, {KEY_OF_CLICK}},
    {"half an older click", {ESC, '[', 'M', ' ', PAUSE, 'q'}, {UNKNOWN, 'q'}},
    {"half a click", {ESC, '[', '<', '0', ';', '8', PAUSE, 'q'}, {UNKNOWN, 'q'}},
    {"a click without numbers", {ESC, '[', '<', ';', 'M', 'q'}, {UNKNOWN, 'q'}},
    {"an answer", {ESC, ']', '1', '1', ';', 'x', 7, 'q'}, {KEY_OF_ANSWER, 'q'}},
    {"an answer with another end", {ESC, ']', 'x', ESC, '\\', 'q'}, {KEY_OF_ANSWER, 'q'}},
    {"a paste",
     {ESC, '[', '2', '0', '0', '~', 'q', '\r', ESC, '[', '2', '0', '1', '~', 'q'},
     {KEY_OF_PASTE, 'q', KEY_OF_ENTER, KEY_OF_PASTE_END, 'q'}},
    {"a paste with an Esc in it",
     {ESC, '[', '2', '0', '0', '~', ESC, 'a', ESC, '[', '2', '0', '1', '~'},
     {KEY_OF_PASTE, ESC, 'a', KEY_OF_PASTE_END}},
    {"a paste that stops for a while",
     {ESC, '[', '2', '0', '0', '~', 'p', PAUSE, 'q', ESC, '[', '2', '0', '1', '~', 'q'},
     {KEY_OF_PASTE, 'p', KEY_OF_PASTE_END, GOES_ON, 'q', KEY_OF_PASTE_END, 'q'}},
    {"one that goes on with an Esc",
     {ESC, '[', '2', '0', '0', '~', PAUSE, ESC, 'q', ESC, '[', '2', '0', '1', '~', 'q'},
     {KEY_OF_PASTE, KEY_OF_PASTE_END, GOES_ON, ESC, 'q', KEY_OF_PASTE_END, 'q'}},
    {"one that had come to its end",
     {ESC, '[', '2', '0', '0', '~', 'p', PAUSE, ESC, '[', '2', '0', '1', '~', 'q'},
     {KEY_OF_PASTE, 'p', KEY_OF_PASTE_END, KEY_OF_PASTE_END, 'q'}},
    {"a paste whose end is lost, and the key Esc",
     {ESC, '[', '2', '0', '0', '~', 'p', PAUSE, ESC, PAUSE, 'q'},
     {KEY_OF_PASTE, 'p', KEY_OF_PASTE_END, KEY_OF_PASTE_END, 'q'}},
    {"a paste whose end is lost, and another paste",
     {ESC, '[', '2', '0', '0', '~', PAUSE, ESC, '[', '2', '0', '0', '~', 'q'},
     {KEY_OF_PASTE, KEY_OF_PASTE_END, KEY_OF_PASTE, 'q', KEY_OF_PASTE_END}},
    {"the end of a paste that nobody began", {ESC, '[', '2', '0', '1', '~', 'q'}, {UNKNOWN, 'q'}},
    {"half an answer", {ESC, ']', '1', PAUSE, 'q'}, {UNKNOWN, 'q'}},
    {"an answer that another sequence ends", {ESC, ']', 'x', ESC, 'q'}, {UNKNOWN, 'q'}},
};

static u32 count_of(const int *list)
{
    u32 count = 0;
    while (list[count])
        count++;
    return count;
}

static void bytes_become_keys(void)
{
    char *before = setlocale(LC_CTYPE, NULL), kept[64];
    snprintf(kept, sizeof kept, "%s", before ? before : "C");
    CU_ASSERT_PTR_NOT_NULL_FATAL(setlocale(LC_CTYPE, "C.UTF-8"));
    for (size_t i = 0; i < sizeof examples / sizeof *examples; i++) {
        const struct example *e = &examples[i];
        struct line line = {e->sent, e->sent + count_of(e->sent)};
        struct keyboard k = {
            .next = next_of_line, .context = &line, .returned = KEY_NONE, .held = KEY_NONE};
        for (u32 key = 0; key < count_of(e->keys); key++) {
            int got = keyboard_key(&k, 1000);
            if (got != e->keys[key])
                printf("# %s: key %u is %d, not %d\n", e->name, key, got, e->keys[key]);
            CU_ASSERT_EQUAL(got, e->keys[key]);
        }
        CU_ASSERT_EQUAL(keyboard_key(&k, 1000), KEY_NONE);
    }
    setlocale(LC_CTYPE, kept);
}

static struct keyboard after(const char *bytes)
{
    int sent[128];
    size_t count = strlen(bytes);
    for (size_t i = 0; i < count; i++)
        sent[i] = (unsigned char)bytes[i];
    struct line line = {sent, sent + count};
    struct keyboard k = {
        .next = next_of_line, .context = &line, .returned = KEY_NONE, .held = KEY_NONE};
    keyboard_key(&k, 1000);
    return k;
}

static void the_mouse_says_where(void)
{
    struct keyboard k = after("\033[<0;80;24M");
    CU_ASSERT_EQUAL(k.mouse_row, 23);
    CU_ASSERT_EQUAL(k.mouse_column, 79);
    k = after("\033[M !$");
    CU_ASSERT_EQUAL(k.mouse_row, 3);
    CU_ASSERT_EQUAL(k.mouse_column, 0);
}

static void the_release_of_a_button_is_no_key(void)
{
    static const int sent[] = {ESC, '[', '<', '0', ';', '1', ';', '1', 'm', 'q'};
    struct line line = {sent, sent + sizeof sent / sizeof *sent};
    struct keyboard k = {
        .next = next_of_line, .context = &line, .returned = KEY_NONE, .held = KEY_NONE};
    CU_ASSERT_EQUAL(keyboard_key(&k, 0), KEY_NONE);
    CU_ASSERT_EQUAL(keyboard_key(&k, 0), 'q');
}

static void an_answer_is_kept_and_a_long_one_cut(void)
{
    struct keyboard k = after("\033]11;rgb:ff/ff/ff\033\\");
    CU_ASSERT_STRING_EQUAL(k.answer, "\033]11;rgb:ff/ff/ff\033\\");
    k = after("\033P0123456789012345678901234567890123456789012345678901234567890123456789\a");
    CU_ASSERT_EQUAL(strlen(k.answer), sizeof k.answer - 1);
}

const struct suite suite_keyboard = {
    "keyboard",
    (const struct test[]){
        {"bytes become keys, and bad ones cost at most themselves", bytes_become_keys},
        {"the mouse says where", the_mouse_says_where},
        {"the release of a button is no key", the_release_of_a_button_is_no_key},
        {"an answer is kept, and a long one cut", an_answer_is_kept_and_a_long_one_cut},
        {0},
    },
};
