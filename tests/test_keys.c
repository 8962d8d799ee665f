// The table of keys: nothing twice, everything reachable, the hints within the width; and the
// command line's helpers beside it.
#include "tests/suite.h"
#include "ui/dashboard/hints.h"
#include "ui/dashboard/keys.h"
#include "ui/command/options.h"
#include "ui/dashboard/prompt.h"
#include "ui/dashboard/trap_row.h"
#include "ui/dashboard/view.h"

#include <string.h>

static void test_unique(void)
{
    for (const struct binding *a = bindings; a->action; a++) {
        CU_ASSERT(a->label && a->command && a->help && a->short_name);
        CU_ASSERT(strlen(a->label) <= 8 && strlen(a->command) <= 9);
        for (const struct binding *b = a + 1; a->action != ACTION_GROUP && b->action; b++) {
            CU_ASSERT_FATAL(a->key == KEY_NONE || (a->key != b->key && a->key != b->other));
            CU_ASSERT_FATAL(a->other == KEY_NONE || (a->other != b->key && a->other != b->other));
            CU_ASSERT_FATAL(strcmp(a->command, b->command));
            // Run and Pause share a rank: there is never a moment for both.
            CU_ASSERT_FATAL(!a->hint || a->hint != b->hint ||
                            (a->action == ACTION_RUN && b->action == ACTION_PAUSE));
        }
    }
}

// On a screen with "virtual K" and "real U" no K and no U means something else.
static void test_letters(void)
{
    for (int i = 0; i < TRAP_CLASSES; i++)
        CU_ASSERT_PTR_NULL(strchr("KU", trap_classes[i].letter));
}

static void test_every_action(void)
{
    for (int action = 1; action < ACTIONS; action++) {
        bool bound = false;
        for (const struct binding *b = bindings; b->action; b++)
            bound |= b->action == action;
        CU_ASSERT(bound);
    }
}

static void test_every_pane(void)
{
    for (int i = 0; i < PANES; i++) {
        const struct binding *b = keys_find(panes[i]->key);
        CU_ASSERT_FATAL(b && b->action == ACTION_PANE && b->key == panes[i]->key);
    }
}

static void test_commands(void)
{
    CU_ASSERT_EQUAL(keys_command("step")->action, ACTION_STEP);
    CU_ASSERT_EQUAL(keys_command("untr")->action, ACTION_LAST_TRAP);
    CU_ASSERT_EQUAL(keys_command("trap")->action,
                    ACTION_NEXT_TRAP); // a whole name, though "traps" begins so
    // Whatever a key does, a command does, too: `--plain` and screen readers have commands alone.
    for (const struct binding *b = bindings; b->action; b++)
        if (b->action != ACTION_GROUP)
            CU_ASSERT_PTR_EQUAL_FATAL(keys_command(b->command), b);
    CU_ASSERT_PTR_NULL(keys_command("s")); // step, slower, scenario
    CU_ASSERT_PTR_NULL(keys_command(""));
    CU_ASSERT_PTR_NULL(keys_command("nonsense"));
    CU_ASSERT_PTR_NULL(keys_find('Z'));
    CU_ASSERT_PTR_NULL(keys_find(KEY_NONE));
}

// The hint bar as text.
static const char *hints(int width, const struct model *now, const struct screen_state *state)
{
    static char text[256];
    struct cells c = {0};
    CU_ASSERT_FATAL(cells_resize(&c, 1, width) && width < (int)sizeof text);
    struct area all = area_all(&c);
    hints_draw(&all, 0, now, state);
    for (int i = 0; i < width; i++)
        text[i] = (char)c.at[i].glyph;
    text[width] = 0;
    cells_free(&c);
    return text;
}

static void test_hints(void)
{
    struct model now = {.run = RUN_PAUSED};
    struct screen_state state = {0};
    for (int width = 1; width < 250; width++) // no hint is cut off
        CU_ASSERT_FATAL(hints(width, &now, &state)[width - 1] == ' ');
    const char *quit = strstr(hints(130, &now, &state), "q Quit");
    CU_ASSERT_FATAL(quit && !strstr(quit + 1, "q Quit"));
    CU_ASSERT_PTR_NOT_NULL(strstr(hints(80, &now, &state), "c Run"));
    CU_ASSERT_PTR_NULL(strstr(hints(80, &now, &state), "Pause"));
}

// The bar offers no key that does nothing here.
static void test_hints_here(void)
{
    struct model now = {.run = RUN_RUNNING};
    struct screen_state state = {0};
    CU_ASSERT_PTR_NOT_NULL(strstr(hints(80, &now, &state), "p Pause"));
    CU_ASSERT_PTR_NULL(strstr(hints(80, &now, &state), "Run"));
    now.run = RUN_DONE;
    CU_ASSERT_PTR_NOT_NULL(strstr(hints(80, &now, &state), "S Back"));
    CU_ASSERT_PTR_NULL(strstr(hints(80, &now, &state), "Step"));
    now.run = RUN_WAITING;
    CU_ASSERT_PTR_NOT_NULL(strstr(hints(80, &now, &state), "i Type"));
    CU_ASSERT_PTR_NULL(strstr(hints(80, &now, &state), "Run"));
    struct lesson_stop ask = {.kind = LESSON_ASK};
    now.run = RUN_STOPPED;
    now.stop = &ask;
    CU_ASSERT_PTR_NOT_NULL(strstr(hints(80, &now, &state), "S Back"));
    CU_ASSERT_PTR_NULL(strstr(hints(80, &now, &state), "Run"));
    state.help = true;
    CU_ASSERT_PTR_NOT_NULL(strstr(hints(80, &now, &state), "Esc Close"));
    CU_ASSERT_PTR_NULL(strstr(hints(80, &now, &state), "Back"));
    state.prompt.open = true;
    CU_ASSERT_PTR_NOT_NULL(strstr(hints(80, &now, &state), "Enter Do it"));
    state.typing = true;
    CU_ASSERT_PTR_NOT_NULL(strstr(hints(80, &now, &state), "Esc ends typing"));
    now.run = RUN_SEARCH;
    CU_ASSERT_PTR_NOT_NULL(strstr(hints(80, &now, &state), "Esc Stop the search"));
}

static void test_help_fits(void)
{
    struct cells c = {0};
    CU_ASSERT_FATAL(cells_resize(&c, 100, 78));
    struct area all = area_all(&c);
    int lines = keys_draw_help(&all, 0, "pane", "shows");
    CU_ASSERT(lines > 40 && lines < 240);
    for (int i = 0; i < 100 * 78; i++)
        CU_ASSERT_NOT_EQUAL_FATAL(c.at[i].glyph, 0x2026); // nothing is cut at 80 columns
    cells_free(&c);
}

static void test_near_names(void)
{
    static const char *const names[] = {"run", "boot", "grade", "asm", "dis", "isa", NULL};
    CU_ASSERT_STRING_EQUAL(option_near("boto", names), "boot");
    CU_ASSERT_STRING_EQUAL(option_near("grad", names), "grade");
    CU_ASSERT_STRING_EQUAL(option_near("assm", names), "asm");
    CU_ASSERT_PTR_NULL(option_near("frobnicate", names));
    CU_ASSERT_PTR_NULL(option_near("", names));
}

static void type(struct prompt *p, const char *text)
{
    for (; *text; text++)
        prompt_key(p, *text);
}

// A person must see what is typed now, and the cursor behind it.
static void test_narrow_prompt(void)
{
    struct prompt p = {0};
    struct cells c = {0};
    CU_ASSERT_FATAL(cells_resize(&c, 1, 10));
    struct area a = area_all(&c);
    prompt_open(&p, "");
    type(&p, "input one two");
    prompt_draw(&p, &a, 0);
    CU_ASSERT_EQUAL(c.at[0].glyph, '<');
    CU_ASSERT_EQUAL(c.at[8].glyph, 'o');
    CU_ASSERT_EQUAL(c.cursor_column, 9);
    cells_free(&c);
}

static void test_prompt(void)
{
    struct prompt p = {0};
    prompt_open(&p, "");
    type(&p, "got");
    prompt_key(&p, '\t');
    CU_ASSERT_STRING_EQUAL(p.text, "goto ");
    type(&p, "12");
    CU_ASSERT_EQUAL(prompt_key(&p, KEY_OF_ENTER), PROMPT_ENTERED);
    CU_ASSERT_STRING_EQUAL(p.text, "goto 12");
    prompt_open(&p, "");
    type(&p, "tra"); // trap and traps
    prompt_key(&p, '\t');
    CU_ASSERT_STRING_EQUAL(p.text, "trap");
    prompt_key(&p, KEY_OF_UP);
    CU_ASSERT_STRING_EQUAL(p.text, "goto 12");
    prompt_key(&p, KEY_OF_DOWN);
    CU_ASSERT_STRING_EQUAL(p.text, "");
    CU_ASSERT_EQUAL(prompt_key(&p, KEY_OF_BACKSPACE), PROMPT_CLOSED);
    for (int i = 0; i < 100; i++) { // more lines than are kept, and longer ones than fit
        prompt_open(&p, "");
        for (int k = 0; k < PROMPT_SIZE + 20; k++)
            prompt_key(&p, 'a' + i % 26);
        prompt_key(&p, KEY_OF_ENTER);
    }
    prompt_open(&p, "");
    for (int i = 0; i < 100; i++)
        prompt_key(&p, KEY_OF_UP);
    CU_ASSERT_EQUAL(strlen(p.text), PROMPT_SIZE - 1);
    CU_ASSERT_EQUAL(p.text[0], 'a' + (100 - PROMPT_HISTORY) % 26);
}

const struct suite suite_keys = {
    "keys", (const struct test[]){
                {"no key and no command stands twice in the table", test_unique},
                {"every action has a key", test_every_action},
                {"no letter of a trap is the name of a mode", test_letters},
                {"every pane has its number", test_every_pane},
                {"a command is found by its name or an unambiguous beginning", test_commands},
                {"hints are shown whole or not at all, at every width", test_hints},
                {"the hints offer no key that does nothing here", test_hints_here},
                {"the help fits into 80 columns", test_help_fits},
                {"an unknown command is answered by the nearest name", test_near_names},
                {"the prompt completes commands, keeps a history, and never grows beyond its room",
                 test_prompt},
                {"a text that is wider than the screen is shown by its end", test_narrow_prompt},
                {0}}};
