// Editing the prompt. Read ui/dashboard/prompt.h first.
#include "ui/dashboard/prompt.h"
#include "ui/dashboard/keys.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <string.h>

void prompt_open(struct prompt *p, const char *text)
{
    p->open = true;
    p->shown = p->kept;
    p->offers[0] = 0;
    snprintf(p->text, sizeof p->text, "%s", text);
}

// ---- history

static void keep(struct prompt *p)
{
    const char *last = p->kept ? p->history[(p->kept - 1) % PROMPT_HISTORY] : "";
    if (!p->text[0] || !strcmp(last, p->text))
        return;
    memcpy(p->history[p->kept % PROMPT_HISTORY], p->text, PROMPT_SIZE);
    p->kept++;
}

// Shows the line before (by -1) or after the one that is shown.
static void recall(struct prompt *p, int by)
{
    u32 oldest = p->kept > PROMPT_HISTORY ? p->kept - PROMPT_HISTORY : 0;
    if ((by < 0 && p->shown == oldest) || (by > 0 && p->shown == p->kept))
        return;
    p->shown += (u32)by;
    if (p->shown == p->kept)
        p->text[0] = 0;
    else
        memcpy(p->text, p->history[p->shown % PROMPT_HISTORY], PROMPT_SIZE);
}

// ---- completion

static bool begins(const char *text, const char *beginning, size_t length)
{
    return *text && !strncmp(text, beginning, length);
}

// Completes the name of the command. If several commands begin so, stops where their names begin
// to differ.
static void complete(struct prompt *p)
{
    size_t length = strlen(p->text), agreed = 0;
    const char *first = NULL;
    bool several = false;
    if (strchr(p->text, ' '))
        return; // of an argument the prompt knows nothing: ui/dashboard/completion.h completes it
    for (const struct binding *b = bindings; b->action; b++) {
        if (!begins(b->command, p->text, length))
            continue;
        if (!first) {
            first = b->command;
            agreed = strlen(first);
            continue;
        }
        several = true;
        while (strncmp(first, b->command, agreed))
            agreed--;
    }
    if (first)
        snprintf(p->text, sizeof p->text, "%.*s%s", (int)agreed, first, several ? "" : " ");
}

// ---- keys

// Removes the last letter, which may have several bytes: all but its first are 10xxxxxx.
static void remove_last(struct prompt *p)
{
    size_t length = strlen(p->text);
    while (length > 1 && ((u8)p->text[length - 1] & 0xc0) == 0x80)
        length--;
    if (length)
        p->text[length - 1] = 0;
}

static void type(struct prompt *p, int key)
{
    size_t length = strlen(p->text);
    char bytes[5];
    if (key == KEY_OF_BACKSPACE) {
        remove_last(p);
        return;
    }
    if (key < ' ' || key >= KEY_OF_UP || !text_is_harmless((u32)key))
        return;
    size_t count = glyph_utf8((u32)key, bytes);
    if (length + count < sizeof p->text)
        memcpy(p->text + length, bytes, count + 1);
}

enum prompt_result prompt_key(struct prompt *p, int key)
{
    if (key == KEY_OF_ENTER) {
        p->open = false;
        keep(p);
        return PROMPT_ENTERED;
    }
    if (key == KEY_OF_ESCAPE || (key == KEY_OF_BACKSPACE && !p->text[0])) {
        p->open = false;
        return PROMPT_CLOSED;
    }
    if (key == '\t')
        complete(p);
    else if (key == KEY_OF_UP || key == KEY_OF_DOWN)
        recall(p, key == KEY_OF_UP ? -1 : 1);
    else
        type(p, key);
    return PROMPT_OPEN;
}

// ---- drawing

// Returns the command whose argument is typed, or whose name cannot become another one. Returns
// NULL if there is none.
static const struct binding *command_of(const char *text)
{
    char name[PROMPT_SIZE];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(text, " "), text);
    return *name ? keys_command(name) : NULL;
}

void prompt_draw(const struct prompt *p, const struct area *a, int row)
{
    const struct binding *command = command_of(p->text);
    bool has_space = strchr(p->text, ' ');
    size_t length = strlen(p->text);
    // Of a text that is wider than the screen, the end is shown, where the person types.
    const char *shown = p->text;
    int over = (int)text_columns(shown) + 2 - a->columns;
    for (int i = 0; i < over; i++)
        glyph_next(&shown);
    int column =
        area_print(a, row, 0, ROLE_TITLE, ATTRIBUTE_BOLD, "%c%s", over > 0 ? '<' : ':', shown);
    a->grid->cursor_row = a->row + row;
    a->grid->cursor_column = a->column + (column < a->columns ? column : a->columns - 1);
    column += 2;
    if (!length) {
        area_put_until(a, row, column, a->columns, ROLE_DIM, 0,
                       "type the name of a command, such as step or break; ? lists them all");
        return;
    }
    for (const struct binding *b = bindings; b->action && !has_space; b++)
        if (begins(b->command, p->text, length))
            column = area_put_until(a, row, column, a->columns, ROLE_DIM, 0, b->command) + 1;
    if (has_space && p->offers[0])
        area_put_until(a, row, column - 1, a->columns, ROLE_DIM, 0, p->offers);
    else if (command)
        area_put_until(a, row, column + 1, a->columns, has_space ? ROLE_DIM : ROLE_PLAIN, 0,
                       command->help);
}
