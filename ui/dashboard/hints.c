// Choosing the hints. Read ui/dashboard/hints.h first.
#include "ui/dashboard/hints.h"
#include "ui/dashboard/keys.h"
#include "ui/terminal/target.h"

#include <string.h>

#define HINTS_MOST 24 // ranks of the table of keys

static int put_hint(const struct area *a, int row, int column, const char *label, const char *word,
                    int key)
{
    int first = column;
    column = area_put(a, row, column, ROLE_KEY, 0, label);
    column = area_put(a, row, column + 1, ROLE_HINT, 0, word);
    if (key != KEY_NONE)
        area_target(a, row, first, column - first, TARGET_KEY, (u64)key);
    return column + 1;
}

static int hint_width(const char *label, const char *word)
{
    return (int)(strlen(label) + strlen(word)) + 2; // a space between, and one behind
}

// ---- hints that are no rows of the table

struct hint {
    const char *label, *word;
    int key; // what a click on it presses
};

static const struct hint in_help[] = {
    {"Up Down", "Scroll", KEY_NONE}, {"Esc", "Close", KEY_OF_ESCAPE}, {"q", "Quit", 'q'},
    {"PgUp PgDn", "Page", KEY_NONE}, {"Tab", "Next pane", '\t'},      {NULL, NULL, KEY_NONE},
};
static const struct hint in_prompt[] = {
    {"Enter", "Do it", KEY_OF_ENTER},
    {"Tab", "Complete", '\t'},
    {"Up Down", "Lines before", KEY_NONE},
    {"Esc", "Cancel", KEY_OF_ESCAPE},
    {NULL, NULL, KEY_NONE},
};
static const struct hint in_typing[] = {
    {"Esc", "ends typing; every other key goes to the guest", KEY_OF_ESCAPE},
    {NULL, NULL, KEY_NONE},
};
static const struct hint in_search[] = {
    {"Esc", "Stop the search", KEY_OF_ESCAPE}, {"q", "Quit", 'q'}, {NULL, NULL, KEY_NONE}};

static const struct hint *hints_beside_table(const struct model *now,
                                             const struct screen_state *state)
{
    if (now->run == RUN_SEARCH)
        return in_search;
    if (state->typing)
        return in_typing;
    if (state->prompt.open)
        return in_prompt;
    return state->help ? in_help : NULL;
}

static void draw_list(const struct area *a, int row, const struct hint *list)
{
    int column = 1;
    for (; list->label; list++)
        if (column + hint_width(list->label, list->word) <= a->columns)
            column = put_hint(a, row, column, list->label, list->word, list->key);
}

// ---- hints from the table

// Returns true if a key can make the run go on. At the end of the run no key can. A question must
// be answered first, and guests that wait for input must get some.
static bool can_go_on(const struct model *now)
{
    bool asks = now->stop && now->stop->kind == LESSON_ASK;
    bool over = now->run == RUN_DONE || now->run == RUN_FAILED || now->run == RUN_LIMIT;
    return !asks && !over && now->run != RUN_WAITING;
}

static bool makes_sense(const struct binding *b, const struct model *now)
{
    switch (b->action) {
    case ACTION_STEP:
    case ACTION_OVER:
    case ACTION_NEXT_TRAP:
    case ACTION_FASTER:
        return can_go_on(now);
    case ACTION_RUN:
        return can_go_on(now) && now->run != RUN_RUNNING;
    case ACTION_PAUSE:
        return now->run == RUN_RUNNING;
    default:
        return true;
    }
}

// A run that waits for input needs it more than anything else.
static int rank_of(const struct binding *b, const struct model *now)
{
    return b->action == ACTION_INPUT && now->run == RUN_WAITING ? 1 : b->hint;
}

// Two rows have the same rank if never both make sense: there is either Run or Pause.
static const struct binding *hint_of_rank(int rank, const struct model *now)
{
    for (const struct binding *b = bindings; b->action; b++)
        if (rank_of(b, now) == rank && makes_sense(b, now))
            return b;
    return NULL;
}

// Each hint is kept while it and all of higher rank fit. Returns the lowest rank that is kept.
static int last_rank(const struct area *a, const struct model *now)
{
    int left = a->columns - 1, last = 0;
    for (int rank = 1; rank <= HINTS_MOST; rank++) {
        const struct binding *b = hint_of_rank(rank, now);
        if (!b)
            continue;
        left -= hint_width(b->label, b->short_name);
        if (left < 0)
            return last;
        last = rank;
    }
    return last;
}

void hints_draw(const struct area *a, int row, const struct model *now,
                const struct screen_state *state)
{
    const struct hint *list = hints_beside_table(now, state);
    area_fill(a, row, 0, a->columns, ROLE_HINT, 0, ' ');
    if (list) {
        draw_list(a, row, list);
        return;
    }
    int column = 1, last = last_rank(a, now);
    for (const struct binding *b = bindings; b->action; b++)
        if (b->hint && rank_of(b, now) <= last && makes_sense(b, now))
            column = put_hint(a, row, column, b->label, b->short_name, b->key);
}
