// Pane 0: the phases of the selected trap, one below the other. Each begins with the level at which
// it happened. The phase that a person has stepped to is marked.
// Read next: ui/dashboard/view_timeline.c.
#include "ui/terminal/target.h"
#include "ui/dashboard/route.h"
#include "ui/dashboard/story.h"
#include "ui/dashboard/view.h"

#include <stdio.h>

#define TEXT 12  // the column where the text begins; before it stands the label of who does it
#define WIDE 110 // columns of a story at most: a row that is longer is hard to read
#define COST 13  // columns at the right for the cycles

// Draws one phase from `row` on. Returns how many rows it takes.
static int draw_phase(const struct area *a, int row, const struct story_phase *phase, bool chosen)
{
    u8 marked = chosen ? ATTRIBUTE_REVERSE : 0;
    area_put_until(a, row, 0, TEXT - 1, phase->role, ATTRIBUTE_BOLD | marked, phase->who);
    if (chosen)
        area_put(a, row, TEXT - 1, ROLE_GOOD, ATTRIBUTE_BOLD, "▸");
    if (phase->cost)
        area_print(a, row, a->columns - COST + 1, ROLE_VMM, 0, "%5u cycles", phase->cost);
    return area_put_wrapped(a, row, TEXT, a->columns - (phase->cost ? COST : 0), ROLE_PLAIN,
                            chosen ? ATTRIBUTE_BOLD : 0, phase->text);
}

// Where the chosen phase stands, in rows from the first of the story; top is -1 if none is chosen.
struct stretch {
    int top, bottom;
};

// Draws all phases, the first at `row`. Returns how many rows they take.
static int draw_story(const struct area *a, int row, const struct story *story, u32 chosen,
                      struct stretch *where)
{
    int at = row;
    *where = (struct stretch){-1, -1};
    for (u32 i = 0; i < story->count; i++) {
        int rows = draw_phase(a, at, &story->phase[i], i + 1 == chosen);
        for (int y = 0; y < rows; y++)
            area_target(a, at + y, 0, a->columns, TARGET_PHASE, i + 1);
        if (i + 1 == chosen)
            *where = (struct stretch){at - row, at - row + rows - 1};
        at += rows;
    }
    return at - row;
}

static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    (void)before;
    const struct trap_row *row = model_trap(now);
    struct story story;
    struct stretch chosen;
    if (!row) {
        area_put(area, 0, 0, ROLE_DIM, 0, "no trap yet: t runs to the next one");
        return;
    }
    story_tell(now, row, &story);
    struct area page = area_part(area, 0, 0, area->rows, clamp(area->columns, 0, WIDE));
    // The first pass counts the rows: without area to draw on, nothing is drawn.
    struct area nowhere = {area->grid, 0, 0, 0, page.columns};
    int most = draw_story(&nowhere, 0, &story, state->phase, &chosen) - area->rows;
    // The pane scrolls so that the chosen phase can be seen.
    if (chosen.bottom >= state->scroll + area->rows)
        state->scroll = chosen.bottom - area->rows + 1;
    if (chosen.top >= 0 && chosen.top < state->scroll)
        state->scroll = chosen.top;
    state->scroll = clamp(state->scroll, 0, most > 0 ? most : 0);
    draw_story(&page, -state->scroll, &story, state->phase, &chosen);
    if (chosen.top >= 0 && state->focused) {
        area->grid->cursor_row = area->row + chosen.top - state->scroll;
        area->grid->cursor_column = area->column;
    }
}

// "trap 12408  2>0>1>0>2  2,640 cycles", and how one steps through it.
static void title(const struct model *now, const struct pane_state *state, char *to)
{
    const struct trap_row *row = model_trap(now);
    struct route route;
    char way[64], cost[32] = "";
    (void)state;
    if (!row)
        return;
    way[0] = 0;
    if (trap_row_is_deep(row)) {
        route_find(now->log, row, &route);
        route_print(&route, row, way);
        snprintf(cost, sizeof cost, "  %llu cycles  ", (unsigned long long)route.cost);
    }
    const char *keys = story_is_now(now, row) ? "o O step" : "o goes to its moment";
    snprintf(to, VIEW_TITLE, "trap %llu  %s%s%s", (unsigned long long)row->number, way, cost, keys);
}

const struct pane view_story = {
    '0', "Story",
    "The pane tells the selected trap phase by phase: what the guest did, what the hardware did, "
    "how the VMM decided, and who runs next. o and O step through the phases, and the other panes "
    "mark what each phase touches. They show the moment when everything was done about the trap: "
    "if the run stands elsewhere, o goes there first. Below nested VMMs each crossing is a phase.",
    title, draw};
