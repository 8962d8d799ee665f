// Pane 7: what the chosen guest printed. The guest may print any bytes, so only harmless glyphs are
// put into cells. Line ends, carriage returns, tabs and backspaces move the pen as on a simple
// terminal. Every other control character is shown as ^X. A long line goes on in the next row.
// Read next: ui/dashboard/view_exits.c.
#include "ui/terminal/text.h"
#include "ui/dashboard/view.h"

#include <stdio.h>
#include <string.h>

#define LOOK_BACK 65536u // the newest bytes, which are laid out; older ones are not shown

struct pen {
    const struct area *area; // NULL: nothing is drawn, lines are only counted
    int first;               // the line that stands on row 0
    int line, column, width;
};

static void put(struct pen *p, enum role role, u8 attributes, u32 glyph)
{
    if (p->column == p->width) {
        p->column = 0;
        p->line++;
    }
    if (p->area)
        area_fill(p->area, p->line - p->first, p->column, 1, role, attributes, glyph);
    p->column++;
}

static void control(struct pen *p, u32 glyph)
{
    switch (glyph) {
    case '\n':
        p->line++;
        p->column = 0;
        break;
    case '\r':
        p->column = 0;
        break;
    case '\b':
        p->column -= p->column > 0;
        break;
    case '\t':
        do
            put(p, ROLE_PLAIN, 0, ' ');
        while (p->column % 8 && p->column < p->width);
        break;
    case 0: // terminals ignore it, too
        break;
    default:
        put(p, ROLE_DIM, 0, '^');
        put(p, ROLE_DIM, 0, glyph == 0x7f ? '?' : glyph + '@');
    }
}

static void lay_out(struct pen *p, const char *text, size_t count)
{
    for (size_t i = 0; i < count;) {
        char piece[5] = {0};
        memcpy(piece, text + i, count - i < 4 ? count - i : 4);
        const char *next = piece;
        u32 glyph = glyph_next(&next);
        i += next > piece ? (size_t)(next - piece) : 1;
        if (glyph < ' ' || glyph == 0x7f)
            control(p, glyph);
        else if (text_is_harmless(glyph))
            put(p, ROLE_PLAIN, 0, glyph);
        else
            put(p, ROLE_DIM, ATTRIBUTE_REVERSE, '?');
    }
}

static bool is_outermost_vmm(const struct model *now)
{
    return !now->chosen && now->depth;
}

static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    (void)before;
    const char *text = now->console.text ? now->console.text : "";
    size_t count = now->console.text ? now->console.size : 0;
    if (count > LOOK_BACK) {
        text += count - LOOK_BACK;
        count = LOOK_BACK;
    }
    if (!count && !state->typing) {
        area_put_until(area, 0, 0, area->columns, ROLE_DIM, 0,
                       is_outermost_vmm(now) ? "the VMM has no console; choose a guest in pane 1"
                                             : "nothing printed yet");
        return;
    }
    if (area->columns <= 0)
        return;
    // The first pass counts the lines, so that the second can begin with the right one.
    struct pen measure = {.width = area->columns};
    lay_out(&measure, text, count);
    int lines = measure.line + (measure.column > 0 || state->typing);
    int first = lines > area->rows ? lines - area->rows : 0;
    state->scroll = clamp(state->scroll, 0, first);
    first -= state->scroll;
    struct pen pen = {.area = area, .first = first, .width = area->columns};
    lay_out(&pen, text, count);
    if (state->typing && pen.line - first < area->rows) {
        area->grid->cursor_row = area->row + pen.line - first;
        area->grid->cursor_column =
            area->column + (pen.column < area->columns ? pen.column : area->columns - 1);
    }
}

static void title(const struct model *now, const struct pane_state *state, char *to)
{
    char path[40];
    const struct observed_vm *vm = now->chosen < now->vms ? &now->vm[now->chosen] : NULL;
    if (!vm)
        return;
    vm_path_print(&vm->path, path, sizeof path);
    if (!now->chosen)
        snprintf(path, sizeof path, "%s", now->depth ? "L0 vmm" : "machine");
    bool named = now->chosen && strcmp(path, vm->name) != 0;
    snprintf(to, VIEW_TITLE, "%s %s%s%s", path, named ? vm->name : "",
             state->typing ? "  typing: Esc ends" : "",
             state->scroll > 0 ? "  (scrolled back)" : "");
}

const struct pane view_console = {
    '7', "Console",
    "The pane shows what the chosen guest printed. i types to the guest, and Esc ends that.", title,
    draw};
