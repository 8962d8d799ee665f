// What a click does, by what it meets. Read ui/dashboard/mouse.h and ui/terminal/target.h first.
#include "ui/dashboard/mouse.h"
#include "isa/arch/sv32.h"
#include "isa/field.h"
#include "ui/dashboard/commands.h"
#include "ui/dashboard/csr_table.h"
#include "ui/dashboard/input.h"
#include "ui/terminal/target.h"
#include "ui/terminal/text.h"

#include <stdio.h>
#include <string.h>

static unsigned click_trap(struct dashboard *d, u64 number)
{
    d->now.trap = number;
    d->now.follow = number == d->now.log->traps;
    return REFRESH_SCREEN;
}

static unsigned click_vm(struct dashboard *d, u64 index)
{
    d->now.chosen = (u32)index;
    d->wish.vcpu = 0;
    d->wish.follow_hart = false;
    d->state.scroll[PANE_CONSOLE] = 0;
    return REFRESH_MODEL;
}

static unsigned click_class(struct dashboard *d, u64 id)
{
    return dashboard_say(d, trap_classes[id].meaning);
}

static unsigned click_entry(struct dashboard *d, u64 entry)
{
    d->state.scroll[PANE_STOPS] = (int)entry;
    return REFRESH_SCREEN;
}

static unsigned click_phase(struct dashboard *d, u64 phase)
{
    return dashboard_show_phase(d, (u32)phase);
}

// A long line is cut in the pane, so the banner shows it whole.
static unsigned click_line(struct dashboard *d, u64 line)
{
    const char *at = d->now.source;
    for (u64 i = 1; i < line && at; i++) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    if (at)
        text_harmless(at, strcspn(at, "\n"), d->state.note, sizeof d->state.note);
    return REFRESH_SCREEN;
}

// Opens the prompt with the command, so that nothing happens before the person presses Enter.
static unsigned click_code(struct dashboard *d, u64 address)
{
    char text[PROMPT_SIZE];
    snprintf(text, sizeof text, "break %08x", (u32)address);
    prompt_open(&d->state.prompt, text);
    return REFRESH_SCREEN;
}

static unsigned click_page(struct dashboard *d, u64 address)
{
    d->wish.has_address = true;
    d->wish.address = (u32)address;
    return REFRESH_MODEL;
}

// Adds " text" to what the banner says.
static void add_to_note(struct dashboard *d, const char *text)
{
    size_t length = strlen(d->state.note);
    snprintf(d->state.note + length, sizeof d->state.note - length, " %s", text);
}

// Returns what a clear bit of an entry means, if that is worth telling.
static const char *clear_bit(u32 bit)
{
    switch (bit) {
    case PTE_V:
        return "V is 0: the entry says nothing, and each access is a page fault.";
    case PTE_U:
        return "U is 0: the page is for mode K.";
    case PTE_A:
        return "A is 0: the next access is a page fault, or the hart sets A (--adue).";
    default:
        return "";
    }
}

static unsigned click_bits(struct dashboard *d, u64 entry)
{
    u32 pte = (u32)entry;
    bool pointer = (pte & PTE_V) && !(pte & (PTE_R | PTE_W | PTE_X));
    snprintf(d->state.note, sizeof d->state.note, "%08x ", pte);
    for (const struct isa_field *f = isa_fields; f->name; f++) {
        u32 bit = isa_field_mask(f);
        bool told = !strcmp(f->owner, "pte") && bit <= (pointer || !(pte & PTE_V) ? PTE_V : PTE_D);
        const char *text = pte & bit ? f->meaning : clear_bit(bit);
        if (told && *text)
            add_to_note(d, text);
    }
    char next[80];
    snprintf(next, sizeof next, "R, W and X are 0: it leads to the next table, at %08llx.",
             (unsigned long long)PTE_PPN(pte) << PAGE_SHIFT);
    if (pointer)
        add_to_note(d, next);
    return REFRESH_SCREEN;
}

// Does the same as :define with the name of the CSR.
static unsigned click_csr(struct dashboard *d, u64 index)
{
    snprintf(d->argument, sizeof d->argument, "%s", csr_table_name((int)index));
    unsigned refresh = do_explain(d, NULL);
    d->argument[0] = 0;
    return refresh;
}

static unsigned click_choice(struct dashboard *d, u64 choice)
{
    d->state.choice = (u32)choice;
    return REFRESH_SCREEN;
}

static unsigned click_key(struct dashboard *d, u64 key)
{
    return dashboard_key(d, (int)key);
}

static unsigned (*const clicks[])(struct dashboard *d, u64 value) = {
    [TARGET_TRAP] = click_trap,   [TARGET_VM] = click_vm,       [TARGET_CLASS] = click_class,
    [TARGET_ENTRY] = click_entry, [TARGET_PHASE] = click_phase, [TARGET_LINE] = click_line,
    [TARGET_CODE] = click_code,   [TARGET_PAGE] = click_page,   [TARGET_BITS] = click_bits,
    [TARGET_CSR] = click_csr,     [TARGET_KEY] = click_key,     [TARGET_CHOICE] = click_choice,
};

// A click on one of these shows an explanation, so the first click only gives the pane the
// focus.
static bool wants_focus(enum target_kind kind)
{
    return kind == TARGET_CODE || kind == TARGET_CSR || kind == TARGET_LINE ||
           kind == TARGET_BITS || kind == TARGET_CLASS;
}

static int pane_at(struct dashboard *d, int row, int column)
{
    struct layout_wish wish = frame_wish(d->rows, d->columns, &d->now, &d->state);
    return d->state.help ? -1 : frame_pane_at(&wish, row, column);
}

unsigned dashboard_click(struct dashboard *d, int row, int column)
{
    dashboard_forget_stale(d);
    const struct target *target = cells_target(&d->cells, row, column);
    int pane = pane_at(d, row, column);
    unsigned refresh = REFRESH_NOTHING;
    if (target && wants_focus(target->kind) && d->state.focus != pane)
        target = NULL;
    d->state.message[0] = d->state.note[0] = 0;
    d->state.first_run = false;
    if (pane >= 0) {
        d->state.focus = (u8)pane;
        refresh = REFRESH_SCREEN;
    }
    return target ? refresh | clicks[target->kind](d, target->value) : refresh;
}

unsigned dashboard_wheel(struct dashboard *d, int row, int column, bool down)
{
    dashboard_forget_stale(d);
    int pane = pane_at(d, row, column), focus = d->state.focus;
    bool banner = d->now.stop || d->state.note[0];
    if (pane < 0 && banner && !d->state.help) {
        d->state.banner_scroll += down ? 1 : -1; // frame_draw corrects it
        return REFRESH_SCREEN;
    }
    if (pane >= 0)
        d->state.focus = (u8)pane;
    unsigned refresh = dashboard_move(d, down ? 1 : -1);
    d->state.focus = (u8)focus;
    return refresh;
}
