// Telling the phases of a trap. Read ui/dashboard/story.h first.
#include "ui/dashboard/story.h"
#include "isa/isa.h"
#include "ui/dashboard/route.h"
#include "ui/dashboard/words.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct teller {
    const struct trap_row *row;
    u32 profile;
    struct story *story;
};

// One phase: who, what, and what it cost. Returns the phase, so that the caller can add the places
// that it touches.
static struct story_phase *tell(struct teller *t, enum role role, const char *who, u32 cost,
                                const char *format, ...) __attribute__((format(printf, 5, 6)));
static struct story_phase *tell(struct teller *t, enum role role, const char *who, u32 cost,
                                const char *format, ...)
{
    struct story *s = t->story;
    // In a story that is too long, the last phase stays free for how the trap ended.
    struct story_phase *phase = &s->phase[s->count < STORY_PHASES ? s->count++ : STORY_PHASES - 1];
    va_list arguments;
    va_start(arguments, format);
    *phase = (struct story_phase){.role = role, .cost = cost};
    snprintf(phase->who, sizeof phase->who, "%s", who);
    vsnprintf(phase->text, sizeof phase->text, format, arguments);
    va_end(arguments);
    return phase;
}

// ---- places in other panes

// The CSR of the instruction that trapped, or "".
static const char *csr_of(const struct trap_row *row, u32 profile)
{
    struct decoded d = isa_decode(row->note.insn ? row->note.insn : row->note.addr, profile);
    const struct csr_info *csr = row->class == TRAP_CSR ? isa_csr_find((u32)d.imm) : NULL;
    return csr ? csr->name : "";
}

// Adds the places. In them, $csr is the CSR of the instruction, $vm the guest, and $pc the address
// of the instruction.
static void look_at(const struct teller *t, struct story_phase *phase, const char *place)
{
    char vm[40], pc[12];
    snprintf(pc, sizeof pc, "%08x", t->row->note.pc);
    const struct {
        const char *name, *value;
    } words[] = {{"$csr", csr_of(t->row, t->profile)},
                 {"$vm", vm_path_print(&t->row->path, vm, sizeof vm)},
                 {"$pc", pc}};
    size_t n = 0, most = sizeof words / sizeof *words;
    while (*place && n + 1 < sizeof phase->look) {
        size_t i = 0;
        while (i < most && strncmp(place, words[i].name, strlen(words[i].name)) != 0)
            i++;
        const char *value = i < most ? words[i].value : (char[]){*place, 0};
        size_t room = sizeof phase->look - n, length = strlen(value);
        snprintf(phase->look + n, room, "%s", value);
        n += length < room ? length : room - 1;
        place += i < most ? strlen(words[i].name) : 1;
    }
}

// ---- what every trap begins with

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
    struct story_phase *phase = tell(
        t, words_role(&row->path), guest_label(&row->path, who), 0, "at %08x, virtual mode %c: %s",
        row->note.pc, row->note.mode ? 'K' : 'U', words_cause(row, t->profile, what));
    look_at(t, phase, "1:$vm 2:$pc");
    if (row->kind != EVENT_EXIT)
        return;
    phase = tell(t, ROLE_DIM, "hardware", 0,
                 "really in U, under the shadow table: it raises %s and enters the VMM",
                 info ? info->name : "a trap");
    snprintf(phase->look, sizeof phase->look, "2:real 4:%s", trap_classes[row->class].name);
}

// ---- what the VMM decides and does

// Some deeds are the same for many traps. Each is a sentence, and the places that it touches.
// clang-format off
#define DELIVERS "delivers it: sepc, scause, stval of the VCPU; pc = its stvec, virtual K", \
                 "2:sepc 2:scause 2:stval 2:stvec"
#define FILLS    "writes the shadow entry; the guest tries again and never knows", "6:L0"
#define ACCESSES "does the access on the guest's virtual device; pc moves on by 4", "2:$pc 7"
// clang-format on

static const struct chapter {
    u8 class, outcome;
    bool unpaged;                        // only for guests that have paging off
    const char *decides, *decides_place; // a sentence, and the places in other panes
    const char *does, *does_place;
} chapters[] = {
#define STORY(class, outcome, ...) {TRAP_##class, EVENT_##outcome, false, __VA_ARGS__},
#define UNPAGED(class, outcome, ...) {TRAP_##class, EVENT_##outcome, true, __VA_ARGS__},
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

static void tell_decision(struct teller *t, const char *who, const struct chapter *chapter)
{
    look_at(t, tell(t, ROLE_VMM, who, 0, "%s", chapter->decides), chapter->decides_place);
}

static void tell_deed(struct teller *t, const char *who, u32 cost, const struct chapter *chapter)
{
    look_at(t, tell(t, ROLE_VMM, who, cost, "%s", chapter->does), chapter->does_place);
}

static void tell_vmm(struct teller *t)
{
    const struct chapter *chapter = chapter_of(t->row);
    if (!chapter) {
        tell(t, ROLE_VMM, "L0 vmm", t->row->cost, "%s", words_action(t->row));
        return;
    }
    tell_decision(t, "L0 vmm", chapter);
    tell_deed(t, "L0 vmm", t->row->cost, chapter);
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

// Tells what the VMM in between executed. It is in virtual K but in real U, so each of its
// privileged instructions is a crossing to L0 and back.
static void tell_exits(struct teller *t, const struct traplog *log, const struct station *s,
                       const char *who)
{
    char what[64];
    u32 told = 0;
    u64 cost = 0;
    for (u64 i = s->first; told < s->exits && told < STORY_PHASES / 3; i++) {
        const struct trap_row *row = traplog_row(log, i);
        if (!row)
            break;
        if (row->kind != EVENT_EXIT || !vm_path_equal(&row->path, &s->path))
            continue;
        told++;
        cost += row->cost;
        struct story_phase *phase =
            tell(t, ROLE_VMM, who, row->cost, "crossing %u: %s (L0: %s)", told,
                 words_cause(row, t->profile, what), words_action(row));
        snprintf(phase->look, sizeof phase->look, "3:%llu", (unsigned long long)row->number);
    }
    if (told < s->exits)
        tell(t, ROLE_DIM, who, shown_cost(s->cost - cost), "and %u crossings more",
             s->exits - told);
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
        tell_decision(t, who, chapter);
    tell_exits(t, log, s, who);
    if (chapter)
        tell_deed(t, who, 0, chapter);
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
        look_at(t,
                tell(t, words_role(&row->path), who, shown_cost(route.cost), "goes on. In all: %s",
                     route_print(&route, row, text)),
                "1:$vm 5");
    else
        tell(t, ROLE_DIM, who, 0, "is still waiting: %s", route_print(&route, row, text));
}

// ---- who runs next

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
        look_at(t,
                tell(t, words_role(&row->path), guest_label(&row->path, who), 0, "goes on%s",
                     goes_on_where(row, now)),
                "1:$vm 5");
}

// A trap of a bare machine: no VMM has any part in it.
static void tell_bare(struct teller *t)
{
    const struct trap_row *row = t->row;
    const struct cause_info *info = isa_cause_find(row->note.cause);
    char mode = row->note.mode ? 'K' : 'U', what[64];
    struct story_phase *phase = tell(t, ROLE_GUEST, "program", 0, "at %08x, mode %c: %s",
                                     row->note.pc, mode, words_cause(row, t->profile, what));
    look_at(t, phase, "2:$pc");
    phase =
        tell(t, ROLE_DIM, "hardware", row->cost, "sepc = %08x, scause = %s, stval = %08x, SPP = %c",
             row->note.pc, info ? info->name : "?", row->note.addr, mode);
    look_at(t, phase, "2:sepc 2:scause 2:stval 2:sstatus");
    phase = tell(
        t, ROLE_DIM, "hardware", 0,
        "mode K, interrupts off, pc = stvec: its own kernel's handler runs; no VMM is involved");
    look_at(t, phase, "2:stvec");
}

void story_tell(const struct model *now, const struct trap_row *row, struct story *story)
{
    struct teller t = {row, now->profile, story};
    story->count = 0;
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
}

bool story_is_now(const struct model *now, const struct trap_row *row)
{
    return now->log && row->number == now->log->traps;
}
