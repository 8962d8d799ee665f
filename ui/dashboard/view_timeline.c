// Pane 5: which VM had the machine at which time, and at which level. The first row is the VMM
// on the machine: the time that trapping took. Then each VM has a row, in the order of the tree.
// Below them stands, for each column, the letter of the trap that cost most. The height of a bar
// is the share of the column's cycles. If there is not a row for every VM, the deepest VMs share
// the row of the VM around them:
//
//      L0 vmm  ▅▅██▅▅         L0 vmm  ▅▅██▅▅
//      g1 vmm  ▂▂  ▂▂         g1+     ▃▃  ▃▃      g1's VMM and its guests
//      g1.1    ▁▁  ▁▁         g2        ▄▄
//      g2        ▄▄           traps   PPKRPP
//      traps   PPKRPP
// Read next: ui/dashboard/view_traps.c.
#include "ui/terminal/target.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/view.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

enum { LABEL = 7, LABEL_MOST = 12, COLUMNS_MAX = CELLS_SIDE_MAX, LANES_MAX = 32 };

// A row: a VM, together with the VMs inside it that have no row of their own.
struct lane {
    u32 vm; // index in the model
    bool folded;
    u32 cycles[COLUMNS_MAX]; // in which it had a hart and was not trapped
};

// The part of the run that is shown, and the cycles that belong to each of its columns.
struct window {
    u64 from, to;
    u32 scale;
    int columns, label;
    u32 vmm[COLUMNS_MAX];  // what trapping took
    u32 busy[COLUMNS_MAX]; // some VM had a hart
    const struct trap_row *costliest[COLUMNS_MAX];
    u32 traps[COLUMNS_MAX];
    int lanes;
    struct lane lane[LANES_MAX];
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

// ---- lanes

static bool is_or_holds(const struct vm_path *outer, const struct vm_path *path)
{
    unsigned length = vm_path_length(outer);
    return length <= vm_path_length(path) && !memcmp(outer, path, length * sizeof outer->id[0]);
}

static bool holds_chosen(const struct model *now, u32 i)
{
    return now->chosen < now->vms && is_or_holds(&now->vm[i].path, &now->vm[now->chosen].path);
}

// Returns how many VMs are directly inside this one. In the list they follow it, each with its
// own guests.
static int count_inside(const struct model *now, u32 i)
{
    unsigned depth = vm_path_length(&now->vm[i].path);
    int count = 0;
    for (u32 k = i + 1; k < now->vms && vm_path_length(&now->vm[k].path) > depth; k++)
        count += vm_path_length(&now->vm[k].path) == depth + 1;
    return count;
}

// Decides for which VMs the guests have rows of their own: as many as there is room for. The VM
// that holds the chosen one comes first. Returns the number of rows.
static int unfold(const struct model *now, int rows, bool open[MODEL_VMS])
{
    int count = 0;
    memset(open, 0, MODEL_VMS * sizeof open[0]);
    for (u32 i = 1; i < now->vms; i++)
        count += vm_path_length(&now->vm[i].path) == 1;
    for (int pass = 0; pass < 2; pass++)
        for (u32 i = 1, next; i < now->vms; i = next) {
            unsigned depth = vm_path_length(&now->vm[i].path);
            int inside = open[i] ? 0 : count_inside(now, i);
            if (inside && (pass || holds_chosen(now, i)) && count + inside <= rows) {
                open[i] = true;
                count += inside;
            }
            next =
                i + 1; // the guests of a VM that is not open have no rows, so they are passed over
            while (!open[i] && next < now->vms && vm_path_length(&now->vm[next].path) > depth)
                next++;
        }
    return count;
}

// Makes the rows, in the order of the tree. If even the first level has more VMs than there are
// rows, the part of the tree with the chosen VM is shown.
static void make_lanes(struct window *w, const struct model *now, int rows)
{
    bool open[MODEL_VMS];
    rows = rows > LANES_MAX ? LANES_MAX : rows;
    int count = unfold(now, rows, open), chosen = 0, found = 0;
    u32 list[MODEL_VMS];
    for (u32 i = 1, next; i < now->vms; i = next) {
        unsigned depth = vm_path_length(&now->vm[i].path);
        if (holds_chosen(now, i))
            chosen = found;
        list[found++] = i;
        next = i + 1;
        while (!open[i] && next < now->vms && vm_path_length(&now->vm[next].path) > depth)
            next++;
    }
    int first = count > rows && chosen >= rows ? chosen - rows + 1 : 0;
    for (int k = first; k < found && w->lanes < rows; k++) {
        struct lane *lane = &w->lane[w->lanes++];
        lane->vm = list[k];
        lane->folded = !open[list[k]] && count_inside(now, list[k]);
    }
}

// The lane that shows this VM, or NULL.
static struct lane *lane_of(struct window *w, const struct model *now, const struct vm_path *path)
{
    for (int i = w->lanes - 1; i >= 0; i--) { // from the end, where the inner VMs are
        const struct vm_path *own = &now->vm[w->lane[i].vm].path;
        if (vm_path_equal(own, path) || (w->lane[i].folded && is_or_holds(own, path)))
            return &w->lane[i];
    }
    return NULL;
}

static void pour_lane(struct window *w, const struct model *now, const struct vm_path *path,
                      u64 from, u64 to)
{
    struct lane *lane = lane_of(w, now, path);
    if (lane && to > w->from)
        pour(w, lane->cycles, from, to);
}

// ---- filling the window

static void pour_trap(struct window *w, const struct model *now, const struct trap_row *row)
{
    pour(w, w->vmm, row->cycle, row->cycle + row->cost);
    pour_lane(w, now, &row->ran_by, row->cycle > row->ran ? row->cycle - row->ran : 0, row->cycle);
    if (row->cycle < w->from || row->cycle >= w->to)
        return;
    u64 column = (row->cycle - w->from) / w->scale;
    if (!w->costliest[column] || row->cost > w->costliest[column]->cost)
        w->costliest[column] = row;
    w->traps[column]++;
}

static void pour_traps(struct window *w, const struct model *now)
{
    u64 last[HARTS_MAX] = {0}; // the end of each hart's newest row
    for (u64 n = now->log->traps; n >= traplog_first(now->log) && n > 0; n--) {
        const struct trap_row *row = traplog_row(now->log, n);
        if (row->hart < HARTS_MAX && !last[row->hart])
            last[row->hart] = row->cycle + row->cost;
        pour_trap(w, now, row);
        if (row->cycle + row->cost < w->from && row->cycle + 10000000 < w->from)
            break; // with several harts rows are not quite in order, but no trap costs that much
    }
    for (u32 h = 0; h < now->harts && h < HARTS_MAX; h++) // and what ran since the newest row
        if (now->hart[h].busy && now->log->running[h])
            pour_lane(w, now, &now->hart[h].path, last[h], now->cycles);
}

static void pour_spans(struct window *w, const struct model *now)
{
    for (u64 i = now->log->spans; i > traplog_first_span(now->log); i--) {
        const struct span *s = traplog_span(now->log, i - 1);
        pour(w, w->busy, s->from, s->to < now->cycles ? s->to : now->cycles);
        pour(w, w->vmm, s->from - s->cost, s->from);
        if (s->to < w->from)
            break;
    }
}

// A VMM that is T32 code runs its own instructions between an exit and the next entry. These are
// the busy cycles that no VM had.
static void pour_own_code(struct window *w)
{
    for (int c = 0; c < w->columns; c++) {
        u32 guests = 0;
        for (int i = 0; i < w->lanes; i++)
            guests += w->lane[i].cycles[c];
        if (w->busy[c] > guests && w->busy[c] - guests > w->vmm[c])
            w->vmm[c] = w->busy[c] - guests;
    }
}

static void set_window(struct window *w, const struct model *now, u32 scale, int columns)
{
    const struct trap_row *trap = model_trap(now);
    w->scale = scale ? scale : 1;
    w->columns = columns > COLUMNS_MAX ? COLUMNS_MAX : columns;
    u64 width = (u64)w->columns * w->scale, end = now->cycles + 1;
    if (!now->follow && trap && trap->cycle + width / 2 < end)
        end = trap->cycle + width / 2;
    if (end < width)
        end = width;
    w->from = (end - width + w->scale - 1) / w->scale *
              w->scale; // whole columns, so that bars do not flicker as time goes on
    w->to = w->from + width;
}

// ---- drawing

static void draw_bars(const struct window *w, const struct area *a, int row, const u32 *cycles,
                      u64 whole, enum role role)
{
    for (int c = 0; c < w->columns; c++) {
        u64 eighths = ((u64)cycles[c] * 8 + whole - 1) / whole;
        if (eighths)
            area_fill(a, row, w->label + c, 1, role, 0, 0x2580 + (u32)(eighths > 8 ? 8 : eighths));
    }
}

static void draw_traps(const struct window *w, const struct model *now, const struct area *a,
                       int row)
{
    const struct trap_row *chosen = model_trap(now);
    area_put(a, row, 0, ROLE_DIM, 0, "traps");
    for (int c = 0; c < w->columns; c++) {
        const struct trap_row *trap = w->costliest[c];
        bool here =
            chosen && chosen->cycle >= w->from && (chosen->cycle - w->from) / w->scale == (u64)c;
        if (here)
            trap = chosen;
        if (!trap) {
            area_put(a, row, w->label + c, ROLE_DIM, 0, "·");
            continue;
        }
        // The whole column stands for its trap.
        for (int y = 0; y <= row; y++)
            area_target(a, y, w->label + c, 1, TARGET_TRAP, trap->number);
        const struct trap_class *class = &trap_classes[trap->class];
        u8 attributes = (w->traps[c] > 1 ? ATTRIBUTE_UNDERLINE : 0) |
                        (here ? ATTRIBUTE_REVERSE | ATTRIBUTE_BOLD : 0);
        area_fill(a, row, w->label + c, 1, class->role, attributes, (u8) class->letter);
        if (here) {
            a->grid->cursor_row = a->row + row;
            a->grid->cursor_column = a->column + w->label + c;
        }
    }
}

// The cycles at which some columns begin.
static void draw_axis(const struct window *w, const struct area *a, int row)
{
    enum { EVERY = 12 };
    char number[TEXT_NUMBER];
    area_put(a, row, 0, ROLE_DIM, 0, "cycle");
    for (int c = 0; c + EVERY <= w->columns; c += EVERY)
        area_print(a, row, w->label + c, ROLE_DIM, 0, "│%s",
                   text_grouped(w->from + (u64)c * w->scale, number));
}

// Rows that are left over explain the letters of the traps that have happened.
static void draw_legend(const struct model *now, const struct area *a, int row)
{
    for (u32 id = 0; id < TRAP_CLASSES; id++) {
        const struct trap_class *class = &trap_classes[id];
        if (!now->log->count[id].count)
            continue;
        area_print(a, row, 0, class->role, ATTRIBUTE_BOLD, "%c", class->letter);
        area_put(a, row, 2, class->role, 0, class->name);
        area_put(a, row++, 13, ROLE_DIM, 0, class->meaning);
    }
}

// "g1 vmm": the VMM in g1, without its guests. "g1+": g1 and its guests together.
static const char *lane_name(const struct lane *lane, const struct model *now, char *to,
                             size_t size)
{
    const struct observed_vm *vm = &now->vm[lane->vm];
    char path[40];
    const char *what = vm->is_vmm ? " vmm" : "";
    if (lane->folded)
        what = "+";
    snprintf(to, size, "%s%s", vm_path_print(&vm->path, path, sizeof path), what);
    return to;
}

static void measure_labels(struct window *w, const struct model *now)
{
    char name[64];
    w->label = LABEL;
    for (int i = 0; i < w->lanes; i++) {
        int width = (int)strlen(lane_name(&w->lane[i], now, name, sizeof name)) + 1;
        w->label = clamp(width, w->label, LABEL_MOST);
    }
}

static void draw_lane(const struct window *w, const struct model *now, const struct area *a,
                      int row, const struct lane *lane)
{
    const struct observed_vm *vm = &now->vm[lane->vm];
    char name[64];
    enum role role = vm->is_vmm && !lane->folded ? ROLE_VMM : words_role(&vm->path);
    area_put_until(a, row, 0, w->label - 1, role, lane->vm == now->chosen ? ATTRIBUTE_BOLD : 0,
                   lane_name(lane, now, name, sizeof name));
    draw_bars(w, a, row, lane->cycles, (u64)w->scale * (now->harts ? now->harts : 1), role);
}

static void draw_bare(const struct window *w, const struct model *now, const struct area *a,
                      int row)
{
    u32 cycles[COLUMNS_MAX] = {0};
    area_put(a, row, 0, ROLE_GUEST, 0, "kernel");
    for (int c = 0; c < w->columns; c++) {
        u64 from = w->from + (u64)c * w->scale, to = from + w->scale;
        to = to > now->cycles ? now->cycles : to;
        u64 ran = to > from ? to - from : 0;
        cycles[c] = ran > w->vmm[c] ? (u32)(ran - w->vmm[c]) : 0;
    }
    draw_bars(w, a, row, cycles, w->scale, ROLE_GUEST);
}

static void fill_window(struct window *w, const struct model *now, const struct pane_state *state,
                        const struct area *area)
{
    memset(w, 0, sizeof *w);
    make_lanes(w, now, now->depth ? area->rows - 2 : 0);
    measure_labels(w, now);
    int columns = area->columns - w->label;
    set_window(w, now, state->scale ? state->scale : model_scale(now, columns), columns);
    pour_traps(w, now);
    pour_spans(w, now);
    if (now->t32)
        pour_own_code(w);
}

static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    (void)before;
    struct window w;
    if (!now->log || area->columns <= LABEL_MOST || !now->vms) {
        area_put(area, 0, 0, ROLE_DIM, 0, "no machine yet");
        return;
    }
    fill_window(&w, now, state, area);
    area_put(area, 0, 0, ROLE_VMM, 0, now->depth ? "L0 vmm" : "entry");
    draw_bars(&w, area, 0, w.vmm, (u64)w.scale * (now->harts ? now->harts : 1), ROLE_VMM);
    for (int i = 0; i < w.lanes; i++)
        draw_lane(&w, now, area, 1 + i, &w.lane[i]);
    if (!now->depth)
        draw_bare(&w, now, area, 1);
    int park_row = area->grid->cursor_row, park_column = area->grid->cursor_column;
    int traps = now->depth ? 1 + w.lanes : 2;
    draw_traps(&w, now, area, traps);
    if (traps + 1 < area->rows)
        draw_axis(&w, area, traps + 1);
    if (traps + 3 < area->rows)
        draw_legend(now, area, traps + 3);
    if (!state->focused) {
        area->grid->cursor_row = park_row;
        area->grid->cursor_column = park_column;
    }
}

static void title(const struct model *now, const struct pane_state *state, char *to)
{
    (void)now;
    if (state->scale)
        snprintf(to, VIEW_TITLE, "%u cycles a column  [ ] zoom", state->scale);
    else
        snprintf(to, VIEW_TITLE, "[ ] zoom");
}

const struct pane view_timeline = {
    '5', "Timeline",
    "The bars show who had the machine when. Below them each column has the letter of the trap "
    "that cost most; the letter is underlined if there were several traps. [ and ] zoom, and w "
    "shows the whole run. Left and Right go column by column, Up and Down trap by trap. Enter goes "
    "to the selected trap, and :goto cycle N to a cycle of the axis.",
    title, draw};
