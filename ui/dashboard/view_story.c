// Pane 0: the selected trap, told step by step, as the textbook draws trap-and-emulate: what the
// guest did, what the hardware saw, how the VMM decided, what it did, and who runs next. Each step
// has a row, which begins with the level at which the step happened.
// Read next: ui/dashboard/view_timeline.c.
#include "isa/isa.h"
#include "ui/dashboard/route.h"
#include "ui/terminal/text.h"
#include "ui/dashboard/view.h"
#include "ui/dashboard/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct teller {
    const struct area *area;
    const struct trap_row *row;
    u32 profile;
    int line; // the row of the next step; negative if it is scrolled out of the pane
};

#define TEXT 12 // the column where the text begins; before it stands the label of who does it

// One step: who (a level and a name), what, and at the right its cost in cycles, unless that is 0.
static void tell(struct teller *t, enum role role, const char *who, u32 cost, const char *format,
                 ...) __attribute__((format(printf, 5, 6)));
static void tell(struct teller *t, enum role role, const char *who, u32 cost, const char *format,
                 ...)
{
    char text[256];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const struct area *a = t->area;
    area_put_until(a, t->line, 0, TEXT - 1, role, ATTRIBUTE_BOLD, who);
    if (cost)
        area_print(a, t->line, a->columns - 8, ROLE_VMM, 0, "%5u cy", cost);
    t->line += area_put_wrapped(a, t->line, TEXT, a->columns - (cost ? 9 : 0), ROLE_PLAIN, 0, text);
}

static const char *guest_label(const struct vm_path *path, char *to)
{
    char name[40];
    snprintf(to, 48, "L%u %s", vm_path_length(path), vm_path_print(path, name, sizeof name));
    return to;
}

static void tell_cause(struct teller *t)
{
    const struct trap_row *row = t->row;
    const struct cause_info *info = isa_cause_find(row->note.cause);
    char who[48], what[64];
    if (row->kind == EVENT_SCHEDULE)
        return; // the guest did nothing, and the note is about the VCPU that comes next
    tell(t, words_role(&row->path), guest_label(&row->path, who), 0, "at %08x, virtual mode %c: %s",
         row->note.pc, row->note.mode ? 'K' : 'U', words_cause(row, t->profile, what));
    if (row->kind == EVENT_EXIT)
        tell(t, ROLE_DIM, "hardware", 0,
             "really in U, under the shadow table: it raises %s and enters the VMM",
             info ? info->name : "a trap");
}

#define DELIVERS "delivers it: sepc, scause, stval of the VCPU; pc = its stvec, virtual K"
#define FILLS "writes the shadow entry; the guest tries again and never knows"
#define ACCESSES "does the access on the guest's virtual device; pc moves on by 4"

static const struct chapter {
    u8 class, outcome;
    bool unpaged; // only for guests that have paging off
    const char *decides, *does;
} chapters[] = {
#define STORY(class, outcome, decides, does) {TRAP_##class, EVENT_##outcome, false, decides, does},
#define UNPAGED(class, outcome, decides, does) {TRAP_##class, EVENT_##outcome, true, decides, does},
#include "ui/dashboard/story.def"
#undef STORY
#undef UNPAGED
};

// The chapter that tells what was done in the end, or NULL.
static const struct chapter *chapter_of(const struct trap_row *row)
{
    const struct chapter *found = NULL;
    for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++) {
        const struct chapter *c = &chapters[i];
        if (c->class == row->class && c->outcome == trap_row_verdict(row) &&
            (!c->unpaged || !row->paging))
            found = c; // the chapters for paging off come last, so they win
    }
    return found;
}

static void tell_vmm(struct teller *t)
{
    const struct chapter *chapter = chapter_of(t->row);
    if (chapter)
        tell(t, ROLE_VMM, "L0 vmm", 0, "%s", chapter->decides);
    tell(t, ROLE_VMM, "L0 vmm", t->row->cost, "%s", chapter ? chapter->does : words_action(t->row));
}

// ---- the ladder: every crossing between levels of an exit whose VMM is a guest itself

static u32 shown_cost(u64 cost)
{
    return cost > UINT32_MAX ? UINT32_MAX : (u32)cost;
}

static const char *vmm_label(const struct vm_path *path, char *to)
{
    char name[40];
    snprintf(to, 48, "L%u %s vmm", vm_path_length(path), vm_path_print(path, name, sizeof name));
    return to;
}

// Tells what the VMM in between did: its first privileged instructions, and how many exits it had.
static void tell_exits(struct teller *t, const struct traplog *log, const struct station *s,
                       const char *who)
{
    char what[64], list[200] = "";
    size_t n = 0;
    for (u64 i = s->first, told = 0; told < 3 && n < sizeof list; i++) {
        const struct trap_row *row = traplog_row(log, i);
        if (!row)
            break;
        if (row->kind == EVENT_EXIT && vm_path_equal(&row->path, &s->path) && ++told)
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", n ? ", " : "",
                                  words_cause(row, t->profile, what));
    }
    tell(t, ROLE_VMM, who, 0, "is in virtual K, and traps: %s%s", list,
         s->exits > 3 ? ", ..." : "");
    tell(t, ROLE_VMM, "L0 vmm", shown_cost(s->cost), "deals with each of these %u exits", s->exits);
}

// Tells how a VMM in between decided, what it executed, and what it did in the end.
static void tell_station(struct teller *t, const struct traplog *log, const struct station *s)
{
    const struct trap_row *row = t->row;
    unsigned level = vm_path_length(&s->path);
    bool owner = level + 1 == vm_path_length(&row->path);
    const struct chapter *chapter = owner ? chapter_of(row) : NULL;
    char who[48], next[40];
    vmm_label(&s->path, who);
    if (chapter)
        tell(t, ROLE_VMM, who, 0, "%s", chapter->decides);
    tell_exits(t, log, s, who);
    if (chapter)
        tell(t, ROLE_VMM, who, 0, "%s", chapter->does);
    else if (owner && row->decided[level] == EVENT_KILL)
        tell(t, ROLE_BAD, who, 0, "switches the guest off, for good");
    else if (!owner && row->decided[level] == EVENT_REFLECT) {
        struct vm_path inner = row->path;
        inner.id[level + 1] = 0;
        tell(t, ROLE_VMM, who, 0, "delivers it to %s", vm_path_print(&inner, next, sizeof next));
    }
}

static void tell_ladder(struct teller *t, const struct traplog *log)
{
    const struct trap_row *row = t->row;
    struct route route;
    char who[48], name[40], text[64];
    struct vm_path owner = row->path;
    owner.id[row->told] = 0;
    route_find(log, row, &route);
    if (row->outcome == EVENT_FILL)
        tell(t, ROLE_VMM, "L0 vmm", row->cost,
             "the table of %s allows it, the shadow of that table lacks it: fills it",
             vm_path_print(&owner, name, sizeof name));
    else
        tell(t, ROLE_VMM, "L0 vmm", row->cost,
             "delivers it to %s, whose hart it is: sepc, scause, stval; pc = stvec",
             vm_path_print(&owner, name, sizeof name));
    for (u32 i = 0; i < route.stations; i++)
        tell_station(t, log, &route.station[i]);
    guest_label(&row->path, who);
    if (route.back)
        tell(t, words_role(&row->path), who, shown_cost(route.cost), "goes on: %s",
             route_print(&route, row, text));
    else
        tell(t, ROLE_DIM, who, 0, "is still waiting: %s", route_print(&route, row, text));
}

// Does it go on with a guest of its own? A VMM has no user programs, so its sret enters a guest.
static bool enters_guest(const struct trap_row *row, const struct model *now)
{
    bool returns = row->class == TRAP_SRET && row->outcome == EVENT_EMULATE;
    for (u32 i = 1; i < now->vms && returns; i++)
        if (vm_path_equal(&now->vm[i].path, &row->path))
            return now->vm[i].is_vmm;
    return false;
}

static const char *goes_on_where(const struct trap_row *row, const struct model *now)
{
    if (row->outcome == EVENT_REFLECT || row->outcome == EVENT_INJECT)
        return " in its own trap handler";
    return enters_guest(row, now) ? " in virtual U: a guest of its own runs" : "";
}

static void tell_end(struct teller *t, const struct model *now)
{
    const struct trap_row *row = t->row;
    char who[48];
    if (row->outcome == EVENT_KILL)
        tell(t, ROLE_BAD, guest_label(&row->path, who), 0, "is off, for good");
    if (row->blocked)
        tell(t, ROLE_DIM, guest_label(&row->path, who), 0, "waits: it has given its hart up");
    if (row->switched && !vm_path_equal(&row->next, &row->path))
        tell(t, words_role(&row->next), guest_label(&row->next, who), 0, "gets the hart");
    else if (row->outcome != EVENT_KILL && !row->blocked)
        tell(t, words_role(&row->path), guest_label(&row->path, who), 0, "goes on%s",
             goes_on_where(row, now));
}

// A trap of a bare machine: no VMM has any part in it.
static void tell_bare(struct teller *t)
{
    const struct trap_row *row = t->row;
    const struct cause_info *info = isa_cause_find(row->note.cause);
    char mode = row->note.mode ? 'K' : 'U', what[64];
    tell(t, ROLE_GUEST, "program", 0, "at %08x, mode %c: %s", row->note.pc, mode,
         words_cause(row, t->profile, what));
    tell(t, ROLE_DIM, "hardware", row->cost, "sepc = %08x, scause = %s, stval = %08x, SPP = %c",
         row->note.pc, info ? info->name : "?", row->note.addr, mode);
    tell(t, ROLE_DIM, "hardware", 0,
         "mode K, interrupts off, pc = stvec: its own kernel's handler runs; no VMM is involved");
}

// Returns how many rows the story has.
static int tell_story(const struct model *now, const struct trap_row *row, const struct area *a,
                      int scroll)
{
    struct teller t = {a, row, now->profile, -scroll};
    if (row->kind == EVENT_TRAP) {
        tell_bare(&t);
    } else if (trap_row_is_deep(row)) {
        tell_cause(&t);
        tell_ladder(&t, now->log);
    } else {
        tell_cause(&t);
        tell_vmm(&t);
        tell_end(&t, now);
    }
    return t.line + scroll;
}

static void draw(const struct model *now, const struct model *before, struct pane_state *state,
                 const struct area *area)
{
    (void)before;
    const struct trap_row *row = model_trap(now);
    if (!row) {
        area_put(area, 0, 0, ROLE_DIM, 0, "no trap yet: t runs to the next one");
        return;
    }
    // The first pass counts the rows: without area to draw on, nothing is drawn.
    struct area nowhere = {area->grid, 0, 0, 0, area->columns};
    int most = tell_story(now, row, &nowhere, 0) - area->rows;
    state->scroll = clamp(state->scroll, 0, most > 0 ? most : 0);
    tell_story(now, row, area, state->scroll);
}

static void title(const struct model *now, const struct pane_state *state, char *to)
{
    (void)state;
    const struct trap_row *row = model_trap(now);
    if (row)
        snprintf(to, VIEW_TITLE, "trap %llu", (unsigned long long)row->number);
}

const struct pane view_story = {'0', "Story",
                                "The selected trap, step by step: what the guest did, what the "
                                "hardware did, how the VMM decided, and who runs next.",
                                title, draw};
