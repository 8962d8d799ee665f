// Pane 5: who had the machine when. A row for the VMM (what trapping took), a row a guest, and below them the letter of
// the dearest trap of each column. The height of a bar is the share of the column's cycles.
#include "ui/text.h"
#include "ui/view.h"
#include "ui/words.h"

#include <stdio.h>

#define LABEL 7
#define COLUMNS_MAX CELLS_SIDE_MAX
#define GUESTS_MAX 16

// The window looked at, and what fell into each of its columns, in cycles.
struct window {
    u64 from, to;
    u32 scale;
    int columns;
    u32 vmm[COLUMNS_MAX];
    u32 guest[GUESTS_MAX][COLUMNS_MAX];    // who had a hart; its own traps included
    u32 traps_of[GUESTS_MAX][COLUMNS_MAX]; // of the VMM's cycles, those for this guest's traps
    const struct trap_row *dearest[COLUMNS_MAX];
    u32 traps[COLUMNS_MAX];
};

// Adds the cycles [from, to) to the columns they fall in.
static void pour(const struct window *w, u32 *columns, u64 from, u64 to)
{
    if (from < w->from)
        from = w->from;
    if (to > w->to)
        to = w->to;
    while (from < to) {
        u64 column = (from - w->from) / w->scale, end = w->from + (column + 1) * w->scale;
        if (end > to)
            end = to;
        columns[column] += (u32)(end - from);
        from = end;
    }
}

// Which guest row a VM belongs to: that of its ancestor at level 1.
static int guest_row(const struct vm_path *path)
{
    return path->id[0] >= 1 && path->id[0] <= GUESTS_MAX ? path->id[0] - 1 : -1;
}

static void pour_traps(struct window *w, const struct traplog *log)
{
    for (u64 n = log->traps; n >= traplog_first(log) && n > 0; n--) {
        const struct trap_row *row = traplog_row(log, n);
        if (row->cycle + row->cost < w->from && row->cycle + 10000000 < w->from)
            break; // rows are ordered by cycle, but for several harts; none costs that much
        int guest = guest_row(&row->path);
        pour(w, w->vmm, row->cycle, row->cycle + row->cost);
        if (guest >= 0)
            pour(w, w->traps_of[guest], row->cycle, row->cycle + row->cost);
        if (row->cycle < w->from || row->cycle >= w->to)
            continue;
        u64 column = (row->cycle - w->from) / w->scale;
        if (!w->dearest[column] || row->cost > w->dearest[column]->cost)
            w->dearest[column] = row;
        w->traps[column]++;
    }
}

static void pour_spans(struct window *w, const struct traplog *log, u64 newest)
{
    for (u64 i = log->spans; i > traplog_first_span(log); i--) {
        const struct span *s = traplog_span(log, i - 1);
        int row = guest_row(&s->path);
        if (row >= 0)
            pour(w, w->guest[row], s->from, s->to < newest ? s->to : newest);
        if (s->to < w->from)
            break;
    }
}

static void set_window(struct window *w, const struct model *now, u32 scale, int columns)
{
    const struct trap_row *trap = model_trap(now);
    *w = (struct window){.scale = scale ? scale : 1, .columns = columns > COLUMNS_MAX ? COLUMNS_MAX : columns};
    u64 width = (u64)w->columns * w->scale, end = now->cycles + 1;
    if (!now->follow && trap && trap->cycle + width / 2 < end)
        end = trap->cycle + width / 2;
    if (end < width)
        end = width;
    w->from = (end - width + w->scale - 1) / w->scale *
              w->scale; // whole columns, so that bars do not flicker as time goes on
    w->to = w->from + width;
}

static void draw_share(const struct area *a, int row, int column, u64 part, u64 whole, enum role role)
{
    u64 eighths = (part * 8 + whole - 1) / whole;
    if (eighths)
        area_fill(a, row, LABEL + column, 1, role, 0, 0x2580 + (u32)(eighths > 8 ? 8 : eighths));
}

static void draw_traps(const struct window *w, const struct model *now, const struct area *a, int row)
{
    const struct trap_row *chosen = model_trap(now);
    area_put(a, row, 0, ROLE_DIM, 0, "traps");
    for (int c = 0; c < w->columns; c++) {
        const struct trap_row *trap = w->dearest[c];
        bool here = chosen && chosen->cycle >= w->from && (chosen->cycle - w->from) / w->scale == (u64)c;
        if (here)
            trap = chosen;
        if (!trap) {
            area_put(a, row, LABEL + c, ROLE_DIM, 0, "·");
            continue;
        }
        const struct trap_class *class = &trap_classes[trap->class];
        u8 attributes = (w->traps[c] > 1 ? ATTRIBUTE_UNDERLINE : 0) | (here ? ATTRIBUTE_REVERSE | ATTRIBUTE_BOLD : 0);
        area_fill(a, row, LABEL + c, 1, class->role, attributes, (u8) class->letter);
        if (here) {
            a->grid->cursor_row = a->row + row;
            a->grid->cursor_column = a->column + LABEL + c;
        }
    }
}

// Returns the row below the last one.
static int draw_guests(struct window *w, const struct model *now, const struct area *a, int row, int rows)
{
    int guests = 0, skip = 0;
    for (u32 i = 1; i < now->vms; i++)
        guests += vm_path_length(&now->vm[i].path) == 1;
    int chosen = now->chosen < now->vms ? guest_row(&now->vm[now->chosen].path) : -1;
    if (guests > rows && chosen >= rows)
        skip = chosen - rows + 1; // not all have a row: the chosen one always has
    for (int g = skip; g < guests && g - skip < rows && g < GUESTS_MAX; g++) {
        struct vm_path path = {{(u16)(g + 1)}};
        char name[40];
        int y = row + g - skip;
        area_put_until(a, y, 0, LABEL - 1, ROLE_GUEST, g == chosen ? ATTRIBUTE_BOLD : 0,
                       vm_path_print(&path, name, sizeof name));
        for (int c = 0; c < w->columns; c++) {
            u32 cycles = w->guest[g][c] > w->traps_of[g][c] ? w->guest[g][c] - w->traps_of[g][c] : 0;
            draw_share(a, y, c, cycles, (u64)w->scale * now->harts, ROLE_GUEST);
        }
    }
    return row + (guests < rows ? guests : rows);
}

static void draw_bare(struct window *w, const struct model *now, const struct area *a, int row)
{
    area_put(a, row, 0, ROLE_GUEST, 0, "kernel");
    for (int c = 0; c < w->columns; c++) {
        u64 from = w->from + (u64)c * w->scale, to = from + w->scale;
        to = to > now->cycles ? now->cycles : to;
        u64 ran = to > from ? to - from : 0;
        draw_share(a, row, c, ran > w->vmm[c] ? ran - w->vmm[c] : 0, w->scale, ROLE_GUEST);
    }
}

static void draw(const struct model *now, const struct model *before, const struct look_at *look,
                 const struct area *area)
{
    (void)before;
    struct window w;
    if (!now->log || area->columns <= LABEL || !now->vms) {
        area_put(area, 0, 0, ROLE_DIM, 0, "no machine yet");
        return;
    }
    set_window(&w, now, look->scale, area->columns - LABEL);
    pour_traps(&w, now->log);
    pour_spans(&w, now->log, now->cycles);
    area_put(area, 0, 0, ROLE_VMM, 0, now->depth ? "vmm" : "entry");
    for (int c = 0; c < w.columns; c++)
        draw_share(area, 0, c, w.vmm[c], (u64)w.scale * (now->harts ? now->harts : 1), ROLE_VMM);
    int below = 2;
    if (now->depth)
        below = draw_guests(&w, now, area, 1, area->rows - 2);
    else
        draw_bare(&w, now, area, 1);
    int park_row = area->grid->cursor_row, park_column = area->grid->cursor_column;
    draw_traps(&w, now, area, below);
    if (!look->focused) {
        area->grid->cursor_row = park_row;
        area->grid->cursor_column = park_column;
    }
}

static void title(const struct model *now, const struct look_at *look, char *to)
{
    (void)now;
    snprintf(to, VIEW_TITLE, "%u cycles a column  [ ] zoom", look->scale);
}

const struct pane view_timeline = {
    '5', "Timeline", "who had the machine when, and a letter for the dearest trap of each column", title, draw};
