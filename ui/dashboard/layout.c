// Heights and widths of the panes. Read ui/dashboard/layout.h first.
#include "ui/dashboard/layout.h"

enum { WIDE = 130, TALL = 38 };

// A band is a row of panes that stand side by side. There are four, or five on a tall screen. Each
// gets its least height first; `deal` then gives out what is left over, by weight.
struct band {
    int rows, weight, most;
};

static void deal(struct band *bands, int count, int left)
{
    for (int i = 0; i < count; i++)
        left -= bands[i].rows;
    while (left > 0) {
        int best = -1; // the band that lacks most of what its weight asks for
        for (int i = 0; i < count; i++)
            if (bands[i].rows < bands[i].most &&
                (best < 0 ||
                 bands[i].rows * bands[best].weight < bands[best].rows * bands[i].weight))
                best = i;
        if (best < 0)
            return;
        bands[best].rows++;
        left--;
    }
}

static void add(struct layout *l, enum pane_id pane, int row, int column, int rows, int columns)
{
    l->box[l->count++] = (struct box){(u8)pane, row, column, rows, columns};
}

static void make_all(struct layout *l, int top, int rows, int columns, int guests)
{
    bool wide = columns >= WIDE, tall = rows >= TALL - 3,
         apart = tall && !wide; // story and console stand one above the other
    int lanes = guests + 2 < 4 ? 4 : guests + 2, most = tall ? 10 : 6;
    // At 80x24 the upper bands give up a row each for the lanes of a third and a fourth guest.
    struct band bands[5] = {{lanes > 4 ? 5 : 6, 13, 22},
                            {lanes > 5 ? 4 : 5, 13, 99},
                            {lanes < most ? lanes : most, 4, lanes},
                            {1, 10, 99},
                            {0, 0, 0}};
    if (tall)
        bands[3] = (struct band){6, 10, wide ? 99 : 7};
    if (apart)
        bands[4] = (struct band){3, 6, 99};
    int count = apart ? 5 : 4;
    deal(bands, count, rows - count - 1);
    int row = top, left = wide ? columns / 4 : 27;
    left = left > 38 ? 38 : left;
    int middle = wide ? (columns - left) * 66 / 100 : columns - left + 1;
    middle = wide && middle > 84 ? 84 : middle;
    add(l, PANE_GUESTS, row, 0, bands[0].rows + 2, left);
    add(l, PANE_VCPU, row, left - 1, bands[0].rows + 2, middle);
    if (wide)
        add(l, PANE_SCENARIO, row, left + middle - 2, bands[0].rows + 2,
            columns - left - middle + 2);
    row += bands[0].rows + 1;
    int log = wide ? columns * 62 / 100 : 54 + (columns - 80) * 2 / 3;
    add(l, PANE_TRAPS, row, 0, bands[1].rows + 2, log);
    add(l, PANE_EXITS, row, log - 1, bands[1].rows + 2, columns - log + 1);
    row += bands[1].rows + 1;
    add(l, PANE_TIMELINE, row, 0, bands[2].rows + 2, columns);
    row += bands[2].rows + 1;
    if (wide && tall)
        add(l, PANE_STORY, row, 0, bands[3].rows + 2, log);
    else if (tall)
        add(l, PANE_STORY, row, 0, bands[3].rows + 2, columns);
    if (wide && tall)
        add(l, PANE_CONSOLE, row, log - 1, bands[3].rows + 2, columns - log + 1);
    else
        add(l, PANE_CONSOLE, apart ? row + bands[3].rows + 1 : row, 0,
            bands[apart ? 4 : 3].rows + 2, columns);
}

void layout_make(struct layout *l, int rows, int columns, enum pane_id focus, bool zoomed,
                 int guests)
{
    *l = (struct layout){.too_small = rows < LAYOUT_ROWS_MIN || columns < LAYOUT_COLUMNS_MIN,
                         .why_row = -1};
    if (l->too_small)
        return;
    if (rows >= 12)
        l->why_row = rows - 2;
    int height =
        rows - 2 - (l->why_row >= 0); // without the status line, the why line and the hint bar
    l->single = zoomed || rows < 24 || columns < 80 || !layout_has(rows, columns, focus);
    if (l->single)
        add(l, focus, 1, 0, height, columns);
    else
        make_all(l, 1, height, columns, guests);
}

bool layout_has(int rows, int columns, enum pane_id pane)
{
    if (rows < 24 || columns < 80)
        return false;
    if (pane == PANE_SCENARIO)
        return columns >= WIDE;
    return pane != PANE_STORY || rows >= TALL;
}
