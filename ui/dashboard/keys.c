// The table of keys, and what is drawn from it. Read ui/dashboard/keys.h first.
#include "ui/dashboard/keys.h"
#include "scenarios/host/glossary.h"
#include "ui/dashboard/trap_row.h"

#include <stdio.h>
#include <string.h>

// The names that the table uses for keys which type no character.
enum {
    NONE = KEY_NONE,
    ESCAPE = KEY_OF_ESCAPE,
    UP = KEY_OF_UP,
    DOWN = KEY_OF_DOWN,
    LEFT = KEY_OF_LEFT,
    RIGHT = KEY_OF_RIGHT,
    HOME = KEY_OF_HOME,
    END = KEY_OF_END,
    PAGE_UP = KEY_OF_PAGE_UP,
    PAGE_DOWN = KEY_OF_PAGE_DOWN,
    BACK_TAB = KEY_OF_BACK_TAB,
    BACKSPACE = KEY_OF_BACKSPACE,
    HELP = KEY_OF_HELP,
    ENTER = KEY_OF_ENTER,
    DELETE = KEY_OF_DELETE,
};
#define CTRL(letter) ((letter)&0x1f)

#define GROUP(name) {KEY_NONE, KEY_NONE, ACTION_GROUP, 0, false, "", "", "", name},
#define KEY(key, other, action, hint, label, short_name, command, help) \
    {key, other, ACTION_##action, hint, false, label, short_name, command, help},
#define ASK(key, other, action, hint, label, short_name, command, help) \
    {key, other, ACTION_##action, hint, true, label, short_name, command, help},
const struct binding bindings[] = {
#include "ui/dashboard/keys.def"
    {KEY_NONE, KEY_NONE, ACTION_NONE, 0, false, NULL, NULL, NULL, NULL},
};
#undef GROUP
#undef KEY
#undef ASK

const struct binding *keys_find(int key)
{
    for (const struct binding *b = bindings; b->action; b++)
        if (key != KEY_NONE && (b->key == key || b->other == key))
            return b;
    return NULL;
}

const struct binding *keys_command(const char *word)
{
    const struct binding *found = NULL;
    size_t length = strlen(word);
    if (!length) // no command has an empty name; but the headings of groups do
        return NULL;
    for (const struct binding *b = bindings; b->action; b++) {
        if (!strcmp(b->command, word))
            return b;
        if (!strncmp(b->command, word, length)) {
            if (found)
                return NULL;
            found = b;
        }
    }
    return found;
}

u32 keys_beginning(const char *word, char *to, size_t size)
{
    u32 count = 0;
    size_t length = strlen(word), used = 0;
    to[0] = 0;
    for (const struct binding *b = bindings; b->action; b++) {
        if (b->action == ACTION_GROUP || strncmp(b->command, word, length) != 0)
            continue;
        count++;
        if (used + strlen(b->command) + 2 <= size)
            used += (size_t)snprintf(to + used, size - used, " %s", b->command);
    }
    return count;
}

// ---- the help

static void help_line(const struct area *a, int line, const struct binding *b)
{
    area_print(a, line, 2, ROLE_CHANGED, 0, "%-8s", b->label);
    area_print(a, line, 11, ROLE_TITLE, 0, ":%-9s", b->command);
    area_put_until(a, line, 22, a->columns, ROLE_PLAIN, 0, b->help);
}

static int draw_letters(const struct area *a, int line)
{
    area_put(a, line, 0, ROLE_FOCUS, ATTRIBUTE_BOLD, "letters of the traps");
    for (int id = 0; id < TRAP_CLASSES; id++) {
        const struct trap_class *c = &trap_classes[id];
        char letter[2] = {c->letter, 0};
        area_put(a, ++line, 2, c->role, ATTRIBUTE_BOLD, letter);
        area_put(a, line, 11, c->role, 0, c->name);
        area_put_until(a, line, 22, a->columns, ROLE_PLAIN, 0, c->meaning);
    }
    return line + 1;
}

static int draw_glossary(const struct area *a, int line)
{
    area_put(a, line++, 0, ROLE_FOCUS, ATTRIBUTE_BOLD, "words");
    for (size_t i = 0; glossary_at(i); i++) {
        const struct glossary_word *word = glossary_at(i);
        area_put_until(a, line, 2, 21, ROLE_TITLE, ATTRIBUTE_BOLD, word->name);
        line += area_put_wrapped(a, line, 22, a->columns, ROLE_PLAIN, 0, word->meaning);
    }
    return line;
}

int keys_draw_help(const struct area *a, int scroll, const char *pane, const char *shows)
{
    int line = -scroll;
    area_put(a, line++, 0, ROLE_FOCUS, ATTRIBUTE_BOLD, pane);
    line += area_put_wrapped(a, line, 2, a->columns, ROLE_PLAIN, 0, shows) + 1;
    for (const struct binding *b = bindings; b->action; b++) {
        if (b->action != ACTION_GROUP) {
            help_line(a, line++, b);
            continue;
        }
        line += b != bindings; // an empty line between two groups
        area_put(a, line++, 0, ROLE_FOCUS, ATTRIBUTE_BOLD, b->help);
    }
    line = draw_letters(a, line + 1);
    return draw_glossary(a, line + 1) + scroll;
}
