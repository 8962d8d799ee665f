// Pane 9: the breakpoints and the bookmarks of the person who looks, at which traps `t` stops, and
// what the last search of the whole run has found.
// Read next: ui/dashboard/view_story.c.
#include "ui/terminal/target.h"
#include "ui/dashboard/view.h"
#include "ui/terminal/text.h"

#include <stdio.h>

static void put_breakpoint(const struct area *a, int row, u32 number, const struct breakpoint *b)
{
    char hits[TEXT_NUMBER];
    area_print(a, row, 0, ROLE_KEY, 0, "%2u", number + 1);
    area_put(a, row, 3, ROLE_BAD, 0, "break");
    area_put_until(a, row, 10, a->columns - 12, ROLE_PLAIN, 0, b->text);
    area_print(a, row, a->columns - 11, ROLE_DIM, 0, "%6s hits", text_short(b->hits, hits));
}

static void put_bookmark(const struct area *a, int row, u32 number, const struct bookmark *b)
{
    char steps[TEXT_NUMBER], trap[TEXT_NUMBER];
    area_print(a, row, 0, ROLE_KEY, 0, "%2u", number + 1);
    area_put(a, row, 3, ROLE_GOOD, 0, "mark");
    int column = area_put_until(a, row, 10, a->columns - 24, ROLE_PLAIN, 0, b->name);
    area_print(a, row, column + 2, ROLE_DIM, 0, "step %s  trap %s",
               text_grouped(b->steps - b->began, steps), text_grouped(b->trap, trap));
}

static void put_finding(const struct area *a, int row, const struct finding *f)
{
    char steps[TEXT_NUMBER];
    area_print(a, row, 0, ROLE_DIM, 0, "%12s", text_grouped(f->steps - f->began, steps));
    int column = area_put(a, row, 13, ROLE_KEY, 0, f->who);
    column = column < 20 ? 20 : column + 1;
    area_put_until(a, row, column, a->columns, ROLE_PLAIN, 0, f->text);
}

static void draw_nothing(const struct area *a)
{
    int row = area_put_wrapped(a, 0, 0, a->columns, ROLE_DIM, 0,
                               "b sets a breakpoint: a symbol, an address, or words of a trap "
                               "(csr g1 P).");
    row += area_put_wrapped(a, row, 0, a->columns, ROLE_DIM, 0,
                            "m marks this moment. ' and Enter go back to one. Del removes an "
                            "entry.");
    area_put_wrapped(a, row, 0, a->columns, ROLE_DIM, 0,
                     "H lists all changes of a register, a CSR or memory in the whole run.");
}

// Breakpoints, then bookmarks, then what the last search found.
static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    (void)before;
    const struct stops *s = now->stops;
    u32 stops = s ? s->breakpoints + s->bookmarks : 0;
    u32 count = stops + (now->findings ? now->findings->count : 0);
    if (!count && now->findings)
        area_put(area, 0, 0, ROLE_DIM, 0, "nothing was found: this never happened");
    else if (!count)
        draw_nothing(area);
    if (!count)
        return;
    // The scroll is the selected entry here.
    state->scroll = clamp(state->scroll, 0, (int)count - 1);
    int first = state->scroll >= area->rows ? state->scroll - area->rows + 1 : 0;
    for (int row = 0; row < area->rows && first + row < (int)count; row++) {
        u32 i = (u32)(first + row);
        if (i >= stops)
            put_finding(area, row, &now->findings->row[i - stops]);
        else if (i < s->breakpoints)
            put_breakpoint(area, row, i, &s->breakpoint[i]);
        else
            put_bookmark(area, row, i, &s->bookmark[i - s->breakpoints]);
        area_target(area, row, 0, area->columns, TARGET_ENTRY, i);
        if (first + row == state->scroll && state->focused)
            area_select(area, row, true);
    }
}

static void title(const struct model *now, const struct pane_state *state, char *to)
{
    (void)state;
    if (now->findings)
        snprintf(to, VIEW_TITLE, "%s", now->findings->title);
    else if (now->stops && now->stops->trap_filter[0])
        snprintf(to, VIEW_TITLE, "t stops at: %s", now->stops->trap_filter);
}

const struct pane view_stops = {
    '9', "Stops",
    "The list has breakpoints (b sets one), bookmarks (m sets one), and what H found in the whole "
    "run. Enter goes to the moment of an entry, and Del removes an entry.",
    title, draw};
