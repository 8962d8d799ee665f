// Pane 3: the log, with the newest trap on top. A line says which VCPU trapped, why (a letter and
// words), what the VMM did, and what it cost.
// Read next: ui/dashboard/view_vcpu.c.
#include "ui/terminal/target.h"
#include "ui/dashboard/filter.h"
#include "ui/dashboard/route.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/view.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

#define CAUSE_MOST 40 // columns of a cause and its route, however wide the pane is
#define TINY 44       // columns of a pane that has no room for the cost
#define WHY_LEAST 24  // columns of a reason; with less room there is none

// The first column of each field; the cause takes the room that is left, up to CAUSE_MOST.
struct columns {
    int number, retired, from, pc, letter, cause, action, cost, why; // -1: not shown
};

static struct columns columns_of(int width)
{
    struct columns c = {.retired = 7, .from = 15, .pc = -1, .action = width - 13};
    if (width < 48) {
        c.retired = -1;
        c.from = 7;
    }
    if (width < TINY)
        c.action = width - 8; // an address is worth more than a cost
    c.letter = c.from + (width < 70 ? 7 : 9);
    if (width >= 76) {
        c.pc = c.letter;
        c.letter = c.pc + 11;
    }
    c.cause = c.letter + 2;
    if (c.action > c.cause + CAUSE_MOST)
        c.action = c.cause + CAUSE_MOST;
    c.cost = width < TINY ? -1 : c.action + 8;
    c.why = width >= TINY && c.cost + 7 + WHY_LEAST <= width ? c.cost + 7 : -1;
    return c;
}

static void draw_head(const struct area *a, const struct columns *c)
{
    area_put(a, 0, c->number, ROLE_DIM, 0, "  trap");
    if (c->retired >= 0)
        area_put(a, 0, c->retired, ROLE_DIM, 0, "  insns");
    area_put(a, 0, c->from, ROLE_DIM, 0, "from");
    if (c->pc >= 0)
        area_put(a, 0, c->pc, ROLE_DIM, 0, "pc   mode");
    area_put(a, 0, c->letter, ROLE_DIM, 0, "  cause");
    area_put(a, 0, c->action, ROLE_DIM, 0, "action");
    if (c->cost >= 0)
        area_put(a, 0, c->cost, ROLE_DIM, 0, " cost");
    if (c->why >= 0)
        area_put(a, 0, c->why, ROLE_DIM, 0, "why");
}

static enum role role_of_action(const struct trap_row *row)
{
    if (row->outcome == EVENT_KILL)
        return ROLE_BAD;
    return row->outcome == EVENT_REFLECT ? ROLE_GUEST : ROLE_PLAIN;
}

// Writes the number as exactly as fits into `width` columns: with commas, without, or shortened.
// The number of a trap never has commas.
static const char *count_text(u64 count, size_t width, char *to)
{
    if (width > 6 && strlen(text_grouped(count, to)) <= width)
        return to;
    snprintf(to, TEXT_NUMBER, "%llu", (unsigned long long)count);
    return strlen(to) <= width ? to : text_short(count, to);
}

// If several VMMs handle an exit, draws its route through the levels in front of the action.
// Returns the column where the cause must end.
static int draw_route(const struct area *a, int y, const struct columns *c,
                      const struct trap_row *row, const struct traplog *log)
{
    struct route route;
    char text[64];
    if (!trap_row_is_deep(row))
        return c->action - 1;
    route_find(log, row, &route);
    route_print(&route, row, text);
    int column = c->action - 1 - (int)strlen(text);
    if (column < c->cause + 16)
        return c->action - 1;
    area_put_until(a, y, column, c->action - 1, ROLE_VMM, 0, text);
    return column - 1;
}

static void draw_row(const struct area *a, int y, const struct columns *c,
                     const struct trap_row *row, const struct model *now)
{
    const struct trap_class *class = &trap_classes[row->class];
    char text[64], number[TEXT_NUMBER], letter[2] = {class->letter, 0};
    area_print(a, y, c->number, ROLE_DIM, 0, "%6s", count_text(row->number, 6, number));
    if (c->retired >= 0)
        area_print(a, y, c->retired, ROLE_PLAIN, 0, "%7s", count_text(row->retired, 7, number));
    int end_from = (c->pc < 0 ? c->letter : c->pc) - 1;
    words_vcpu(&row->path, row->note.vcpu, text);
    if (c->from + (int)strlen(text) > end_from)
        vm_path_print(&row->path, text, sizeof text);
    area_put_until(a, y, c->from, end_from, words_role(&row->path), 0, text);
    if (c->pc >= 0 &&
        row->kind != EVENT_SCHEDULE) // of a switch the note is about who comes, not who goes
        area_print(a, y, c->pc, ROLE_DIM, 0, "%08x %c", row->note.pc,
                   row->note.mode == MODE_K ? 'K' : 'U');
    area_put(a, y, c->letter, class->role, ATTRIBUTE_BOLD, letter);
    int end = draw_route(a, y, c, row, now->log);
    area_put_until(a, y, c->cause, end, class->role, 0, words_cause(row, now->profile, text));
    area_put(a, y, c->action, role_of_action(row), 0, words_action(row));
    if (c->cost >= 0)
        area_print(a, y, c->cost, ROLE_PLAIN, 0, "%5s", text_short(row->cost, number));
    if (c->why >= 0)
        area_put_until(a, y, c->why, a->columns, ROLE_DIM, 0, words_reason(row));
}

static bool is_listed(const struct model *now, const struct trap_row *row)
{
    return !now->filter || filter_takes(now->filter, row, now->profile);
}

// Returns the number of the trap on the top line: the newest trap, or a number that puts the
// selected trap into the middle.
static u64 top_number(const struct model *now, int rows)
{
    u64 newest = now->log->traps, top = now->trap;
    if (now->follow)
        return newest;
    for (int above = 0; above < rows / 2 && top < newest;) {
        const struct trap_row *row = traplog_row(now->log, ++top);
        above += row && is_listed(now, row);
    }
    return top;
}

static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    (void)before;
    struct columns c = columns_of(area->columns);
    draw_head(area, &c);
    if (!now->log || !now->log->traps) {
        area_put(area, 1, 0, ROLE_DIM, 0, "no trap yet");
        return;
    }
    int y = 1;
    for (u64 number = top_number(now, area->rows - 1); y < area->rows && number; number--) {
        const struct trap_row *row = traplog_row(now->log, number);
        if (!row) {
            area_put(area, y, 0, ROLE_DIM, 0, "older traps are no longer kept");
            return;
        }
        if (!is_listed(now, row))
            continue;
        draw_row(area, y, &c, row, now);
        area_target(area, y, 0, area->columns, TARGET_TRAP, number);
        if (number == now->trap)
            area_select(area, y, state->focused);
        y++;
    }
    if (y == 1)
        area_put(area, 1, 0, ROLE_DIM, 0, "no trap fits the filter; f changes it");
}

static void title(const struct model *now, const struct pane_state *state, char *to)
{
    (void)state;
    int n = 0;
    if (now->filter)
        n = snprintf(to, VIEW_TITLE, "only: %s  ", now->filter);
    if (now->log && now->trap && !now->follow)
        snprintf(to + n, (size_t)(VIEW_TITLE - n), "%llu of %llu  Enter goes there",
                 (unsigned long long)now->trap, (unsigned long long)now->log->traps);
}

const struct pane view_traps = {
    '3', "Traps",
    "Each trap has a line, the newest on top. The line says who trapped, why, what was done, and "
    "what it cost in cycles. The arrows select a trap, and Enter goes to its moment. / searches, "
    "and f filters.",
    title, draw};
