// Pane 4: how often each kind of trap happened and what it cost, most frequent first.
// Read next: ui/dashboard/view_guests.c.
#include "ui/terminal/target.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/view.h"
#include "ui/dashboard/words.h"

#include <stdio.h>

// Finds the classes that happened, the most frequent first. Returns how many there are.
static int sorted(const struct traplog *log, u8 order[TRAP_CLASSES])
{
    int n = 0;
    for (u8 id = 0; id < TRAP_CLASSES; id++) {
        if (!log->count[id].count)
            continue;
        int at = n++;
        for (; at > 0 && log->count[order[at - 1]].count < log->count[id].count; at--)
            order[at] = order[at - 1];
        order[at] = id;
    }
    return n;
}

// Draws a bar, exact to an eighth of a cell. A part of `most` would fill the width.
static void draw_bar(const struct area *a, int row, int column, int width, u64 part, u64 most,
                     enum role role)
{
    u64 eighths = most && width > 0 ? (part * (u64)width * 8 + most - 1) / most : 0;
    area_fill(a, row, column, (int)(eighths / 8), role, 0, 0x2588);
    if (eighths % 8)
        area_fill(a, row, column + (int)(eighths / 8), 1, role, 0, 0x2590 - (u32)(eighths % 8));
}

static void draw_wide(const struct area *a, int row, const struct trap_count *count, u64 whole)
{
    char n[TEXT_NUMBER], mean[TEXT_NUMBER], most[TEXT_NUMBER];
    if (count->count * 100 < whole)
        area_put(a, row, a->columns - 25, ROLE_PLAIN, 0, " <1%");
    else
        area_print(a, row, a->columns - 25, ROLE_PLAIN, 0, "%3u%%",
                   (unsigned)(count->count * 100 / whole));
    area_print(a, row, a->columns - 20, ROLE_PLAIN, 0, "%6s %6s %6s", text_short(count->count, n),
               text_short(count->cost / count->count, mean), text_short(count->most, most));
}

static void draw_narrow(const struct area *a, int row, const struct trap_count *count, u64 whole)
{
    char n[TEXT_NUMBER];
    (void)whole;
    area_print(a, row, a->columns - 5, ROLE_PLAIN, 0, "%5s", text_short(count->count, n));
}

static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    (void)before;
    u8 order[TRAP_CLASSES];
    int kinds = now->log ? sorted(now->log, order) : 0;
    if (!kinds) {
        area_put(area, 0, 0, ROLE_DIM, 0, "no trap yet");
        return;
    }
    u64 whole = 0;
    for (int i = 0; i < kinds; i++)
        whole += now->log->count[order[i]].count;
    bool wide = area->columns >= 46;
    int bar = wide ? 13 : 11, numbers = area->columns - (wide ? 25 : 5); // first columns
    int head = wide;
    if (head)
        area_print(area, 0, 0, ROLE_DIM, 0, "  cause%*sshare  count   mean   most",
                   area->columns - 33, "");
    int most = kinds - (area->rows - head);
    int first = state->scroll = clamp(state->scroll, 0, most > 0 ? most : 0);
    for (int row = head; row < area->rows && first + row - head < kinds; row++) {
        u8 id = order[first + row - head];
        const struct trap_class *class = &trap_classes[id];
        char letter[2] = {class->letter, 0};
        area_target(area, row, 0, area->columns, TARGET_CLASS, id);
        area_put(area, row, 0, class->role, ATTRIBUTE_BOLD, letter);
        area_put_until(area, row, 2, bar - 1, class->role, 0, class->name);
        draw_bar(area, row, bar, numbers - bar - 1, now->log->count[id].count,
                 now->log->count[order[0]].count, class->role);
        (wide ? draw_wide : draw_narrow)(area, row, &now->log->count[id], whole);
    }
}

static void title(const struct model *now, const struct pane_state *state, char *to)
{
    (void)state;
    char cost[TEXT_NUMBER], own[TEXT_NUMBER];
    int n = 0;
    if (now->log && now->log->own) // in guest mode: these stand in the table, but are no exits
        n = snprintf(to, VIEW_TITLE, "%s own  ", text_short(now->log->own, own));
    if (now->log && now->log->cost)
        snprintf(to + n, (size_t)(VIEW_TITLE - n), "%s cycles", text_short(now->log->cost, cost));
}

const struct pane view_exits = {
    '4', "Exits",
    "Each kind of trap has a row: how often it happened, and what it cost in cycles (the mean, and "
    "the most). A trap that is a guest's own was taken by the guest itself, in guest mode and "
    "without an exit.",
    title, draw};
