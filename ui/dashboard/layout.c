// Heights and widths of the panes. Read ui/dashboard/layout.h first.
#include "ui/dashboard/layout.h"

#define ROWS_FOR_ALL 24
#define COLUMNS_FOR_ALL 80
enum { WIDE = 130, TALL = 38, FULL_ROWS = 45, FULL_COLUMNS = 150 };

enum { BAND_TOP, BAND_LOG, BAND_TIME, BAND_BOTTOM, BAND_LAST, BANDS };

// Heights do not include the frames.
struct band {
    bool shown;
    int rows;   // at first the least that it needs
    int weight; // its share of the rows that are left over
    int most;
};

// What the bands must hold on this screen.
struct plan {
    int columns;
    bool wide, tall;
    bool full;     // there is room for every pane
    bool apart;    // tall but not wide: the story and the console stand one above the other
    bool stops;    // somebody looks at the breakpoints, or at what a search has found
    u8 right;      // the third pane of the top band, where there is one
    u8 bottom;     // the pane in the bottom band, where there is one
    u32 in[BANDS]; // masks of the panes in each band
    struct band band[BANDS];
};

#define BIT(pane) (1u << (pane))

// The bottom band of a small screen has the console, or the pane that the lesson points at.
static u8 bottom_pane(const struct layout_wish *wish)
{
    static const u8 others[] = {PANE_STORY, PANE_SCENARIO};
    for (size_t i = 0; i < sizeof others; i++)
        if (wish->pointed & BIT(others[i]))
            return others[i];
    return PANE_CONSOLE;
}

static void make_plan(struct plan *p, const struct layout_wish *wish, int height)
{
    bool wide = wish->columns >= WIDE, tall = height >= TALL - 3;
    // The timeline has a row for the VMM, one a guest, and one for the letters of the traps. On a
    // tall screen its axis has a row, too.
    int lanes = wish->guests + 2 + tall, most = tall ? 11 : 6;
    lanes = lanes < 4 ? 4 : lanes;
    *p =
        (struct plan){.columns = wish->columns, .wide = wide, .tall = tall, .apart = tall && !wide};
    p->full = height >= FULL_ROWS - 3 && wish->columns >= FULL_COLUMNS;
    // At 80x24 the upper bands give up a row each for the lanes of a third and a fourth guest.
    p->band[BAND_TOP] = (struct band){true, lanes > 4 ? 5 : 6, 13, 22};
    p->band[BAND_LOG] = (struct band){true, lanes > 5 ? 4 : 5, 13, 99};
    p->band[BAND_TIME] = (struct band){true, lanes < most ? lanes : most, 4, lanes};
    p->band[BAND_BOTTOM] = (struct band){true, 1, 10, 99};
    // The page tables take the place of the scenario while somebody looks at them.
    u32 looked_at = wish->pointed | BIT(wish->focus);
    p->stops = looked_at & BIT(PANE_STOPS);
    p->right = p->full || (looked_at & BIT(PANE_PAGES)) ? PANE_PAGES : PANE_SCENARIO;
    p->in[BAND_TOP] = BIT(PANE_GUESTS) | BIT(PANE_VCPU) | (wide ? BIT(p->right) : 0);
    p->in[BAND_LOG] = BIT(PANE_TRAPS) | BIT(PANE_EXITS);
    p->in[BAND_TIME] = BIT(PANE_TIMELINE);
    p->bottom = wide ? (u8)PANE_CONSOLE : bottom_pane(wish);
    p->in[BAND_BOTTOM] = BIT(p->bottom);
    if (!tall && p->bottom == PANE_STORY)
        p->band[BAND_BOTTOM].rows = 4;
    if (tall) {
        p->band[BAND_BOTTOM] = (struct band){true, 6, 10, wide ? 99 : 7};
        p->in[BAND_BOTTOM] = BIT(PANE_STORY) | (wide ? BIT(PANE_CONSOLE) : 0);
        p->in[BAND_BOTTOM] |= p->full ? BIT(PANE_SCENARIO) : 0;
    }
    if (p->apart) {
        p->band[BAND_LAST] = (struct band){true, 3, 6, 99};
        p->in[BAND_LAST] = BIT(PANE_CONSOLE);
    }
}

// ---- heights

// Rows that the shown bands need, with the lines of their frames.
static int rows_needed(const struct plan *p)
{
    int rows = 1;
    for (int i = 0; i < BANDS; i++)
        rows += p->band[i].shown ? p->band[i].rows + 1 : 0;
    return rows;
}

// Leaves out bands until the others have room. The lowest band goes first, but bands that
// nothing points at go before all others.
static void leave_out(struct plan *p, u32 pointed, int height)
{
    for (int pass = 0; pass < 2; pass++)
        for (int i = BANDS - 1; i >= 0 && rows_needed(p) > height; i--)
            if (pass || !(p->in[i] & pointed))
                p->band[i].shown = false;
}

// Distributes the rows that are left over.
static void deal(struct plan *p, int height)
{
    for (int left = height - rows_needed(p); left > 0; left--) {
        struct band *best = NULL; // the band that lacks most of what its weight asks for
        for (int i = 0; i < BANDS; i++) {
            struct band *b = &p->band[i];
            if (b->shown && b->rows < b->most &&
                (!best || b->rows * best->weight < best->rows * b->weight))
                best = b;
        }
        if (!best)
            return;
        best->rows++;
    }
}

// ---- widths

static void add(struct layout *l, enum pane_id pane, int row, int column, int rows, int columns)
{
    l->box[l->count++] = (struct box){(u8)pane, row, column, rows, columns};
}

static void add_top(struct layout *l, const struct plan *p, int row, int rows)
{
    int columns = p->columns, left = p->wide ? columns / 4 : 27;
    bool pages = p->right == PANE_PAGES;
    left = clamp(left, 0, pages ? 32 : 38);
    int part = pages && !p->full ? 58 : 66; // a walk has long lines
    int middle = p->wide ? (columns - left) * part / 100 : columns - left + 1;
    middle = p->wide && middle > 84 ? 84 : middle;
    add(l, PANE_GUESTS, row, 0, rows, left);
    add(l, PANE_VCPU, row, left - 1, rows, middle);
    if (p->wide)
        add(l, (enum pane_id)p->right, row, left + middle - 2, rows, columns - left - middle + 2);
}

// Returns how wide the left pane of the log and of the bottom band is.
static int width_of_log(const struct plan *p)
{
    return p->wide ? p->columns * 62 / 100 : 56 + (p->columns - 80) * 2 / 3;
}

static void add_pair(struct layout *l, const struct plan *p, enum pane_id left, enum pane_id right,
                     int row, int rows)
{
    int width = width_of_log(p);
    add(l, left, row, 0, rows, width);
    add(l, right, row, width - 1, rows, p->columns - width + 1);
}

// Places panes side by side. Each has a share of the width, in percent.
static void add_three(struct layout *l, const struct plan *p, const u8 panes_of[3],
                      const int percent[3], int row, int rows)
{
    int column = 0;
    for (int i = 0; i < 3; i++) {
        int width = i < 2 ? p->columns * percent[i] / 100 : p->columns - column;
        add(l, (enum pane_id)panes_of[i], row, column, rows, width);
        column += width - 1;
    }
}

// The row of a history has two values. Pane 9 has room for them while somebody looks at it.
static void add_log(struct layout *l, const struct plan *p, int row, int rows)
{
    static const u8 panes_of[3] = {PANE_TRAPS, PANE_EXITS, PANE_STOPS};
    static const int usual[3] = {52, 30, 18}, stops[3] = {46, 18, 36};
    add_three(l, p, panes_of, p->stops ? stops : usual, row, rows);
}

static void add_band(struct layout *l, const struct plan *p, int band, int row, int rows)
{
    if (band == BAND_TOP)
        add_top(l, p, row, rows);
    else if (band == BAND_LOG && p->full)
        add_log(l, p, row, rows);
    else if (band == BAND_BOTTOM && p->full)
        add_three(l, p, (u8[]){PANE_STORY, PANE_CONSOLE, PANE_SCENARIO}, (int[]){46, 27, 27}, row,
                  rows);
    else if (band == BAND_LOG)
        add_pair(l, p, PANE_TRAPS, PANE_EXITS, row, rows);
    else if (band == BAND_TIME)
        add(l, PANE_TIMELINE, row, 0, rows, p->columns);
    else if (band == BAND_LAST)
        add(l, PANE_CONSOLE, row, 0, rows, p->columns);
    else if (p->wide && p->tall)
        add_pair(l, p, PANE_STORY, PANE_CONSOLE, row, rows);
    else
        add(l, p->tall ? PANE_STORY : (enum pane_id)p->bottom, row, 0, rows, p->columns);
}

static void make_all(struct layout *l, const struct layout_wish *wish, int height)
{
    struct plan plan;
    make_plan(&plan, wish, height);
    leave_out(&plan, wish->pointed, height);
    deal(&plan, height);
    for (int i = 0, row = 1; i < BANDS; i++) {
        if (!plan.band[i].shown)
            continue;
        add_band(l, &plan, i, row, plan.band[i].rows + 2);
        row += plan.band[i].rows + 1;
    }
}

// ---- all together

static bool has_box(const struct layout *l, enum pane_id pane)
{
    for (int i = 0; i < l->count; i++)
        if (l->box[i].pane == pane)
            return true;
    return false;
}

static bool has_room_for_all(const struct layout_wish *wish)
{
    return wish->rows >= ROWS_FOR_ALL && wish->columns >= COLUMNS_FOR_ALL;
}

void layout_make(struct layout *l, const struct layout_wish *wish)
{
    *l = (struct layout){.why_row = -1};
    l->too_small = wish->rows < LAYOUT_ROWS_MIN || wish->columns < LAYOUT_COLUMNS_MIN;
    if (l->too_small)
        return;
    if (wish->rows >= 12)
        l->why_row = wish->rows - 2;
    int height = wish->rows - 2 - (l->why_row >= 0); // without status line, why line and hint bar
    if (wish->banner) {
        // The panes keep at least five rows, unless the banner's text needs more than half the
        // screen.
        int rows = wish->banner < height - 4 ? wish->banner : height;
        l->banner = (struct box){0, 1 + height - rows, 0, rows, wish->columns};
        height -= rows - (rows < height); // the frames share a line
    }
    if (height < 3)
        return;
    if (!wish->zoomed && has_room_for_all(wish))
        make_all(l, wish, height);
    l->single = wish->zoomed || !has_box(l, wish->focus);
    if (l->single) {
        l->count = 0;
        add(l, wish->focus, 1, 0, height, wish->columns);
    }
}

bool layout_has(const struct layout_wish *wish, enum pane_id pane)
{
    struct layout l;
    struct layout_wish all = *wish;
    all.zoomed = false;
    all.focus = pane;
    layout_make(&l, &all);
    return !l.single && !l.too_small;
}
