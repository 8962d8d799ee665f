// Putting the screen together. Read ui/dashboard/frame.h first.
#include "ui/dashboard/frame.h"
#include "ui/dashboard/banner.h"
#include "ui/dashboard/hints.h"
#include "ui/dashboard/keys.h"
#include "ui/dashboard/pointing.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

void screen_state_reset(struct screen_state *state)
{
    *state = (struct screen_state){.focus = PANE_TRAPS};
}

// ---- frames. Where lines meet they make the right corner, whichever was drawn first.

enum { UP = 1, DOWN = 2, LEFT = 4, RIGHT = 8 };
// The glyph for each set of directions in which lines leave the cell.
static const u32 corners[16] = {' ',    0x2502, 0x2502, 0x2502, 0x2500, 0x2518, 0x2510, 0x2524,
                                0x2500, 0x2514, 0x250c, 0x251c, 0x2500, 0x2534, 0x252c, 0x253c};

static void line_at(const struct area *a, int row, int column, unsigned directions, enum role role)
{
    if (row < 0 || row >= a->rows || column < 0 || column >= a->columns)
        return;
    struct cell *cell = &a->grid->at[(a->row + row) * a->grid->columns + a->column + column];
    for (unsigned set = 1; set < 16; set++)
        if (corners[set] == cell->glyph && set != 1 && set != 2 && set != 4 && set != 8)
            directions |= set;
    *cell = (struct cell){corners[directions], (u8)role, 0};
}

static void draw_box(const struct area *a, const struct box *p, enum role role)
{
    int bottom = p->row + p->rows - 1, right = p->column + p->columns - 1;
    for (int c = p->column + 1; c < right; c++) {
        line_at(a, p->row, c, LEFT | RIGHT, role);
        line_at(a, bottom, c, LEFT | RIGHT, role);
    }
    for (int r = p->row + 1; r < bottom; r++) {
        line_at(a, r, p->column, UP | DOWN, role);
        line_at(a, r, right, UP | DOWN, role);
    }
    line_at(a, p->row, p->column, DOWN | RIGHT, role);
    line_at(a, p->row, right, DOWN | LEFT, role);
    line_at(a, bottom, p->column, UP | RIGHT, role);
    line_at(a, bottom, right, UP | LEFT, role);
}

static struct pane_state state_of_pane(const struct screen_state *state, enum pane_id pane)
{
    return (struct pane_state){.focused = state->focus == pane && !state->help,
                               .scroll = state->scroll[pane],
                               .scale = state->scale,
                               .typing = state->typing && pane == PANE_CONSOLE};
}

// If the last part of the title is a number without enough room, leaves the number out: a number
// that is cut would be another number.
static void fit_numbers(char *title, int room)
{
    for (char *part = title; (int)text_columns(title) > room; *part = 0) {
        part = title;
        for (char *next = title; (next = strstr(next, "  ")); next += 2)
            part = next;
        if (part == title || part[2] < '0' || part[2] > '9')
            return;
    }
}

static void draw_title(const struct area *a, const struct box *p, const struct model *now,
                       struct screen_state *state)
{
    const struct pane *view = panes[p->pane];
    struct pane_state at = state_of_pane(state, p->pane);
    char extra[VIEW_TITLE] = "";
    at.phase = pointing_phase(now, state);
    if (view->title)
        view->title(now, &at, extra);
    int end = p->column + p->columns - 2;
    int column = p->column + 2;
    char name[40];
    snprintf(name, sizeof name, " %c %s ", view->key, view->name);
    column = area_put_until(a, p->row, column, end, at.focused ? ROLE_FOCUS : ROLE_TITLE,
                            at.focused ? ATTRIBUTE_REVERSE | ATTRIBUTE_BOLD : ATTRIBUTE_BOLD, name);
    if (!extra[0] || column + 3 >= end)
        return;
    // A title that is nearly too long gives up the blanks around it.
    if (column + (int)text_columns(extra) + 2 <= end)
        column = area_put(a, p->row, column, ROLE_PLAIN, 0, " ");
    fit_numbers(extra, end - column);
    column = area_put_until(a, p->row, column, end, ROLE_DIM, 0, extra);
    if (column < end)
        area_put(a, p->row, column, ROLE_PLAIN, 0, " ");
}

static void draw_pane(const struct area *a, const struct box *p, const struct model *now,
                      const struct model *before, struct screen_state *state)
{
    struct pane_state at = state_of_pane(state, p->pane);
    struct area inner = area_part(a, p->row + 1, p->column + 1, p->rows - 2, p->columns - 2);
    char places[POINTING_SIZE], words[POINTING_SIZE];
    pointing_words(pointing_places(now, state, places), (enum pane_id)p->pane, words);
    at.words = words;
    at.phase = pointing_phase(now, state);
    if (inner.rows > 0 && inner.columns > 0) {
        panes[p->pane]->draw(now, before, &at, &inner);
        pointing_mark(&inner, words);
    }
    state->scroll[p->pane] = at.scroll; // a key may have scrolled beyond the end
}

static void draw_panes(const struct area *a, const struct layout *l, const struct model *now,
                       const struct model *before, struct screen_state *state)
{
    const struct box *focus = NULL;
    for (int i = 0; i < l->count; i++) {
        draw_box(a, &l->box[i], ROLE_FRAME);
        if (l->box[i].pane == state->focus)
            focus = &l->box[i];
    }
    if (focus)
        draw_box(a, focus, ROLE_FOCUS);
    for (int i = 0; i < l->count; i++) {
        draw_pane(a, &l->box[i], now, before, state);
        draw_title(a, &l->box[i], now, state);
    }
}

// ---- the lines around

static enum role role_of_run(const struct model *now)
{
    static const u8 roles[RUN_STATES] = {
        [RUN_PAUSED] = ROLE_BAR_WARNING,  [RUN_RUNNING] = ROLE_BAR_GOOD,
        [RUN_BACK] = ROLE_BAR_WARNING,    [RUN_WAITING] = ROLE_BAR_WARNING,
        [RUN_STOPPED] = ROLE_BAR_WARNING, [RUN_DONE] = ROLE_BAR_GOOD,
        [RUN_FAILED] = ROLE_BAR_BAD,      [RUN_LIMIT] = ROLE_BAR_WARNING,
        [RUN_SEARCH] = ROLE_BAR_WARNING,
    };
    if (now->run >= RUN_STATES || now->checks_failed)
        return ROLE_BAR_BAD;
    return (enum role)roles[now->run];
}

// "PAUSED 64k steps/s", "DONE: 4 checks passed", "DONE: 1 of 4 checks FAILED".
static void print_run(const struct model *now, char *to, size_t size)
{
    static const char *const names[RUN_STATES] = {
        [RUN_PAUSED] = "PAUSED",       [RUN_RUNNING] = "RUNNING",
        [RUN_BACK] = "GOING BACK",     [RUN_WAITING] = "WAITS FOR INPUT",
        [RUN_STOPPED] = "STOP",        [RUN_DONE] = "DONE",
        [RUN_FAILED] = "SCRIPT ERROR", [RUN_LIMIT] = "LIMIT REACHED",
        [RUN_SEARCH] = "SEARCHING",
    };
    const char *name = names[now->run < RUN_STATES ? now->run : RUN_FAILED];
    if (now->checks_failed)
        snprintf(to, size, "%s: %u of %u checks FAILED", name, now->checks_failed, now->checks_met);
    else if (now->run == RUN_DONE && now->checks_met)
        snprintf(to, size, "%s: %u check%s passed", name, now->checks_met,
                 now->checks_met == 1 ? "" : "s");
    else if (now->run == RUN_STOPPED && now->stop)
        snprintf(to, size, "STOP %u", now->stop->number);
    else if (now->run == RUN_RUNNING || now->run == RUN_PAUSED)
        snprintf(to, size, "%s %s", name, now->speed);
    else
        snprintf(to, size, "%s", name);
}

// Puts a part of the status bar behind column `at`. A part is shown whole or not at all, because
// a number that is cut off would be another number. Returns the column after it.
static int put_part(const struct area *a, int at, enum role role, const char *before,
                    const char *text)
{
    int width = (int)(text_columns(before) + text_columns(text));
    if (at + width > a->columns)
        return a->columns; // what comes later is left out, too
    at = area_put(a, 0, at, ROLE_BAR, 0, before);
    return area_put(a, 0, at, role, role == ROLE_BAR ? 0 : ATTRIBUTE_BOLD, text);
}

static void draw_status(const struct area *a, const struct model *now)
{
    char number[TEXT_NUMBER], who[48], text[256];
    area_fill(a, 0, 0, a->columns, ROLE_BAR, 0, ' ');
    // How it stands matters more than the end of a long name.
    print_run(now, text, sizeof text);
    int room = a->columns - (int)text_columns(text) - 3;
    int column =
        area_put_until(a, 0, 1, room < 12 ? 12 : room, ROLE_BAR, ATTRIBUTE_BOLD, now->scenario);
    if (now->forked) {
        snprintf(text, sizeof text, "FORKED at %s", text_grouped(now->forked_at, number));
        column = put_part(a, column, ROLE_BAR_WARNING, " ", text);
    }
    print_run(now, text, sizeof text);
    column = put_part(a, column, role_of_run(now), " │ ", text);
    column = put_part(a, column, ROLE_BAR, " │ insns ", text_grouped(now->retired, number));
    text_grouped(now->log ? now->log->traps : 0, number);
    column = put_part(a, column, ROLE_BAR, " │ traps ", number);
    if (now->vcpu.known) {
        words_vcpu(&now->vcpu.path, now->vcpu.index, who);
        snprintf(text, sizeof text, "%s L%u", who, vm_path_length(&now->vcpu.path));
        if (!now->depth)
            snprintf(text, sizeof text, "%s bare", who);
        column = put_part(a, column, ROLE_BAR, " │ ", text);
    }
    // If there is room, the bar shows the number for the key `g`. Traps are steps, too, so this
    // is not the number of instructions.
    if (column + 30 < a->columns)
        column = put_part(a, column, ROLE_BAR, " │ step ", text_grouped(now->steps, number));
    // The seed stands at the end of the bar.
    int width = snprintf(text, sizeof text, "seed %llu", (unsigned long long)now->seed);
    if (column + 3 + width < a->columns)
        area_put(a, 0, a->columns - 1 - width, ROLE_BAR, 0, text);
}

// Returns the text in place of a trap's reason; NULL if there is a trap to explain.
static const char *words_without_trap(const struct model *now)
{
    if (now->run == RUN_WAITING && now->follow)
        return "every guest waits for input: choose one in pane 1, press i, and type";
    if (model_trap(now))
        return NULL;
    if (now->run == RUN_DONE || now->run == RUN_FAILED || now->run == RUN_LIMIT)
        return "this machine had no trap";
    return "no trap yet: s steps, t runs to the next trap, c runs";
}

static void draw_reason(const struct area *a, int row, const struct model *now)
{
    char text[256];
    const char *other = words_without_trap(now);
    if (other) {
        area_put_until(a, row, 1, a->columns, ROLE_DIM, 0, other);
        return;
    }
    const struct trap_row *trap = model_trap(now);
    const struct trap_class *class = &trap_classes[trap->class];
    char letter[2] = {class->letter, 0};
    area_put(a, row, 1, class->role, ATTRIBUTE_BOLD, letter);
    area_put_until(a, row, 3, a->columns, ROLE_PLAIN, 0,
                   words_why(trap, now->profile, a->columns - 3, text));
}

// Draws the prompt, a message, an error of the script, or else the reason for the selected trap.
// Text of the banner is not shown here, too.
static void draw_why(const struct area *a, int row, const struct model *now,
                     struct screen_state *state)
{
    bool said = banner_has_message(now, state, a->columns);
    if (state->prompt.open)
        prompt_draw(&state->prompt, a, row);
    else if (state->message[0] && !said)
        area_put_until(a, row, 1, a->columns, ROLE_WARNING, 0, state->message);
    else if (now->run == RUN_FAILED && now->error[0] && !said)
        area_put_until(a, row, 1, a->columns, ROLE_BAD, 0, now->error);
    else
        draw_reason(a, row, now);
}

static void draw_too_small(const struct area *a)
{
    char size[48];
    snprintf(size, sizeof size, "%dx%d is too small", a->columns, a->rows);
    area_put_until(a, a->rows / 2 - 1 < 0 ? 0 : a->rows / 2 - 1, 0, a->columns, ROLE_WARNING, 0,
                   size);
    snprintf(size, sizeof size, "%dx%d is needed; q quits", LAYOUT_COLUMNS_MIN, LAYOUT_ROWS_MIN);
    area_put_until(a, a->rows / 2, 0, a->columns, ROLE_PLAIN, 0, size);
}

static void draw_help(const struct area *a, struct screen_state *state)
{
    struct box box = {.row = 1, .rows = a->rows - 2, .columns = a->columns};
    draw_box(a, &box, ROLE_FOCUS);
    area_put(a, 1, 2, ROLE_FOCUS, ATTRIBUTE_REVERSE | ATTRIBUTE_BOLD, " Help ");
    area_put(a, 1, 9, ROLE_DIM, 0, " arrows scroll, Esc closes ");
    struct area inner = area_part(a, 2, 1, a->rows - 4, a->columns - 2);
    const struct pane *pane = panes[state->focus];
    char name[64];
    snprintf(name, sizeof name, "this pane: %c %s", pane->key, pane->name);
    struct area nowhere = {a->grid, 0, 0, 0, inner.columns}; // the first pass only counts the lines
    int most = keys_draw_help(&nowhere, 0, name, pane->help) - inner.rows;
    state->help_scroll = clamp(state->help_scroll, 0, most > 0 ? most : 0);
    keys_draw_help(&inner, state->help_scroll, name, pane->help);
}

// ---- the banner

static void draw_banner(const struct area *a, const struct box *box, const struct model *now,
                        struct screen_state *state)
{
    char text[VIEW_TITLE];
    struct area inner =
        area_part(a, box->row + 1, box->column + 1, box->rows - 2, box->columns - 2);
    draw_box(a, box, ROLE_WARNING);
    if (inner.rows > 0 && inner.columns > 0)
        banner_draw(now, state, &inner);
    banner_title(now, state, a->columns, text);
    area_put_until(a, box->row, 2, box->columns - 2, ROLE_WARNING,
                   ATTRIBUTE_REVERSE | ATTRIBUTE_BOLD, text);
    banner_keys(now, state, a->columns, text);
    area_put_until(a, box->row + box->rows - 1, 2, box->columns - 2, ROLE_WARNING, ATTRIBUTE_BOLD,
                   text);
}

// ---- the whole screen

struct layout_wish frame_wish(int rows, int columns, const struct model *now,
                              const struct screen_state *state)
{
    char places[POINTING_SIZE];
    return (struct layout_wish){.rows = rows,
                                .columns = columns,
                                .guests = now->vms > 1 ? (int)now->vms - 1 : 0,
                                .banner = banner_rows(now, state, columns),
                                .pointed = pointing_panes(pointing_places(now, state, places)),
                                .focus = (enum pane_id)state->focus,
                                .zoomed = state->zoomed};
}

void frame_point(struct screen_state *state, const struct model *now)
{
    char places[POINTING_SIZE];
    u32 pointed = pointing_panes(pointing_places(now, state, places));
    state->choice = 0;
    state->banner_scroll = 0;
    state->zoomed = false;
    if (!pointed || pointed >> state->focus & 1)
        return;
    state->focus = 0;
    while (!(pointed >> state->focus & 1))
        state->focus++;
}

void frame_draw_pane(struct cells *c, enum pane_id pane, const struct model *now,
                     const struct model *before, struct screen_state *state)
{
    // The frame lies outside of the grid but for its first row, where the title is.
    struct box box = {(u8)pane, 0, -1, c->rows + 1, c->columns + 2};
    struct area all = area_all(c);
    cells_clear(c);
    draw_pane(&all, &box, now, before, state);
    draw_title(&all, &box, now, state);
}

void frame_draw(struct cells *c, const struct model *now, const struct model *before,
                struct screen_state *state)
{
    struct area all = area_all(c);
    struct layout layout;
    struct layout_wish wish = frame_wish(c->rows, c->columns, now, state);
    cells_clear(c);
    layout_make(&layout, &wish);
    if (layout.too_small) {
        draw_too_small(&all);
        return;
    }
    draw_status(&all, now);
    if (state->help)
        draw_help(&all, state);
    else
        draw_panes(&all, &layout, now, before ? before : now, state);
    state->banner_cut = false;
    if (layout.banner.rows && !state->help)
        draw_banner(&all, &layout.banner, now, state);
    if (layout.why_row >= 0 && !state->help)
        draw_why(&all, layout.why_row, now, state);
    hints_draw(&all, c->rows - 1, now, state);
    // A tiny screen has no line for these: they stand where the hints are.
    bool says =
        state->prompt.open || (state->message[0] && !banner_has_message(now, state, c->columns));
    if (says && layout.why_row < 0) {
        area_fill(&all, c->rows - 1, 0, c->columns, ROLE_PLAIN, 0, ' ');
        draw_why(&all, c->rows - 1, now, state);
    }
}

int frame_pane_at(const struct layout_wish *wish, int row, int column)
{
    struct layout layout;
    layout_make(&layout, wish);
    for (int i = layout.count - 1; i >= 0; i--) {
        const struct box *p = &layout.box[i];
        if (row >= p->row && row < p->row + p->rows && column >= p->column &&
            column < p->column + p->columns)
            return p->pane;
    }
    return -1;
}
