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
    bool guest_mode; // the VM whose trap it is, or the one around it, runs in guest mode
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

// A fault in the second stage names the guest physical address, too.
static const char *says_address(const struct trap_row *row, char *to, size_t size)
{
    to[0] = 0;
    if (trap_row_is_of_second_stage(row))
        snprintf(to, size, "; htval = %08x (gpa >> 2)", row->note.value);
    return to;
}

static void tell_cause(struct teller *t)
{
    const struct trap_row *row = t->row;
    const struct cause_info *info = isa_cause_find(row->note.cause);
    char who[48], what[64], address[40];
    if (row->kind == EVENT_SCHEDULE)
        return; // the guest did nothing, and the note is about the VCPU that comes next
    struct story_phase *phase = tell(
        t, words_role(&row->path), guest_label(&row->path, who), 0, "at %08x, virtual mode %c: %s",
        row->note.pc, row->note.mode ? 'K' : 'U', words_cause(row, t->profile, what));
    look_at(t, phase, "1:$vm 2:$pc");
    if (row->kind != EVENT_EXIT)
        return;
    const char *where = t->guest_mode ? "in guest mode" : "really in U, under the shadow table";
    const char *whose = t->guest_mode ? ", which is not delegated to the guest," : "";
    phase = tell(t, ROLE_DIM, "hardware", 0, "%s: it raises %s%s and enters the VMM%s", where,
                 info ? info->name : "a trap", whose, says_address(row, address, sizeof address));
    snprintf(phase->look, sizeof phase->look, "2:real 4:%s", trap_classes[row->class].name);
}

// ---- what the VMM decides and does

// Some phases are the same for many traps. Each has a sentence, and the places that it touches.
// clang-format off
#define DELIVERS "delivers it: sepc, scause, stval of the VCPU; pc = its stvec, virtual K", \
                 "2:sepc 2:scause 2:stval 2:stvec"
#define FILLS    "writes the shadow entry; the guest tries again and never knows", "6:L0"
#define MERGES   "writes the merged entry; the guest tries again and never knows", "6:L0"
#define ACCESSES "does the access on the guest's virtual device; pc moves on by 4", "2:$pc 7"
// clang-format on

// Of which guests a chapter tells. A later one wins.
enum chapter_guests {
    ALL_GUESTS,
    UNPAGED_GUESTS, // those that have paging off
    GUEST_MODE,     // those that run in guest mode
    SECOND_STAGE,   // those that have met a fault in the second stage
};

static const struct chapter {
    u8 class, outcome;
    u8 tells_of;                         // enum chapter_guests
    const char *decides, *decides_place; // a sentence, and the places in other panes
    const char *does, *does_place;
} chapters[] = {
#define STORY(class, outcome, ...) {TRAP_##class, EVENT_##outcome, ALL_GUESTS, __VA_ARGS__},
#define UNPAGED(class, outcome, ...) {TRAP_##class, EVENT_##outcome, UNPAGED_GUESTS, __VA_ARGS__},
#define ASSISTED(class, outcome, ...) {TRAP_##class, EVENT_##outcome, GUEST_MODE, __VA_ARGS__},
#define STAGE_2(class, outcome, ...) {TRAP_##class, EVENT_##outcome, SECOND_STAGE, __VA_ARGS__},
#include "ui/dashboard/story.def"
#undef STORY
#undef UNPAGED
#undef ASSISTED
#undef STAGE_2
};

// The chapter that tells what was done in the end, or NULL.
static const struct chapter *chapter_of(const struct teller *t)
{
    const struct trap_row *row = t->row;
    const bool tells[] = {[ALL_GUESTS] = true,
                          [UNPAGED_GUESTS] = !row->judged.paging,
                          [GUEST_MODE] = t->guest_mode && !trap_row_is_for_vmm(row),
                          [SECOND_STAGE] = trap_row_is_of_second_stage(row)};
    const struct chapter *found = NULL;
    for (size_t i = 0; i < sizeof chapters / sizeof *chapters; i++) {
        const struct chapter *c = &chapters[i];
        if (c->class == row->class && c->outcome == trap_row_verdict(row) && tells[c->tells_of])
            found = c;
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

// A VMM that is T32 code needs steps for its work, and the story may be told before this work
// has ended.
static void tell_at_work(struct teller *t, const char *who, u32 cost)
{
    if (t->row->untold)
        tell(t, ROLE_DIM, who, cost, "lets the guest go on, and says nothing of it");
    else
        tell(t, ROLE_DIM, who, cost, "is at work; what it does is known when it has done it");
}

static void tell_vmm(struct teller *t)
{
    const struct chapter *chapter = chapter_of(t);
    if (t->row->outcome == EVENT_EXIT) {
        tell_at_work(t, "L0 vmm", t->row->cost);
        return;
    }
    if (t->row->outcome == EVENT_KILL) {
        tell(t, ROLE_VMM, "L0 vmm", t->row->cost,
             "ends this guest, and frees the tables that it kept for it");
        return;
    }
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
    const struct chapter *chapter = owner ? chapter_of(t) : NULL;
    char who[48], next[40];
    vmm_label(&s->path, who);
    if (chapter)
        tell_decision(t, who, chapter);
    tell_exits(t, log, s, who);
    if (chapter)
        tell_deed(t, who, 0, chapter);
    else if (owner && row->decided[level] == EVENT_KILL)
        tell(t, ROLE_BAD, who, 0, "ends this guest, and frees the tables that it kept for it");
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
    vm_path_print(&owner, name, sizeof name);
    if (row->outcome == EVENT_FILL && trap_row_is_of_second_stage(row))
        tell(t, ROLE_VMM, "L0 vmm", row->cost,
             "the second stage of %s allows it, the merged table lacks it: fills it", name);
    else if (row->outcome == EVENT_FILL)
        tell(t, ROLE_VMM, "L0 vmm", row->cost,
             "the table of %s allows it, the shadow of that table lacks it: fills it", name);
    else
        tell(t, ROLE_VMM, "L0 vmm", row->cost,
             "delivers it to %s, whose hart it is: sepc, scause, stval; pc = stvec", name);
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

// Returns true if the VMM goes on with a guest of its own. A VMM has no user programs, so its
// sret enters a guest.
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
        tell(t, ROLE_BAD, guest_label(&row->path, who), 0, "%s", words_end(row));
    if (row->blocked)
        tell(t, ROLE_DIM, guest_label(&row->path, who), 0, "waits: it has given its hart up");
    if (row->switched && !vm_path_equal(&row->next, &row->path))
        tell(t, words_role(&row->next), guest_label(&row->next, who), 0, "gets the hart");
    else if (row->outcome != EVENT_KILL && row->outcome != EVENT_EXIT && !row->blocked)
        look_at(t,
                tell(t, words_role(&row->path), guest_label(&row->path, who), 0, "goes on%s",
                     goes_on_where(row, now)),
                "1:$vm 5");
}

// Tells a trap of a bare machine, in which no VMM takes part.
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

// A trap that the hart delivers to the guest itself. The VMM has said before that it may
// (hedeleg, hideleg), and learns nothing of it.
static void tell_delegated(struct teller *t)
{
    const struct trap_row *row = t->row;
    const struct cause_info *info = isa_cause_find(row->note.cause);
    bool interrupt = row->note.cause & CAUSE_INTERRUPT;
    char mode = row->note.mode ? 'K' : 'U', who[48], what[64];
    guest_label(&row->path, who);
    look_at(t,
            tell(t, words_role(&row->path), who, 0, "at %08x, virtual mode %c: %s", row->note.pc,
                 mode, words_cause(row, t->profile, what)),
            "1:$vm 2:$pc");
    look_at(
        t,
        tell(t, ROLE_DIM, "hardware", row->cost,
             "%s is delegated to the guest (%s), so it is no exit: the guest's own sepc, scause "
             "and stval are written, SPP = %c",
             info ? info->name : "the trap", interrupt ? "hideleg" : "hedeleg", mode),
        "2:sepc 2:scause 2:stval 2:sstatus");
    look_at(t,
            tell(t, words_role(&row->path), who, 0,
                 "goes on in virtual K at its own stvec; no VMM is involved"),
            "2:stvec");
}

// The same for a guest that does not run in guest mode inside a VMM that does. The hart then
// delivers the trap to the kernel of that VMM.
static void tell_delegated_to_vmm(struct teller *t)
{
    const struct trap_row *row = t->row;
    const struct cause_info *info = isa_cause_find(row->note.cause);
    struct vm_path taker = row->path;
    char who[48], name[40], what[64];
    taker.id[row->told] = 0;
    guest_label(&row->path, who);
    look_at(t,
            tell(t, words_role(&row->path), who, 0, "at %08x, virtual mode %c: %s", row->note.pc,
                 row->note.mode ? 'K' : 'U', words_cause(row, t->profile, what)),
            "1:$vm 2:$pc");
    vm_path_print(&taker, name, sizeof name);
    look_at(t,
            tell(t, ROLE_DIM, "hardware", row->cost,
                 "%s really runs in user mode of %s, to which %s is delegated: there is no exit "
                 "to L0",
                 who, name, info ? info->name : "the trap"),
            "2:real");
    vmm_label(&taker, who);
    tell(t, ROLE_VMM, who, 0, "gets the hart in virtual K at its stvec, as from a bare machine");
    const struct chapter *chapter = chapter_of(t);
    if (!chapter) {
        tell_at_work(t, who, 0);
        return;
    }
    tell_decision(t, who, chapter);
    tell_deed(t, who, 0, chapter);
}

// Returns true if the VM runs in guest mode, or if the VM does that contains it and belongs to
// the machine's VMM.
static bool is_in_guest_mode(const struct model *now, const struct vm_path *path)
{
    struct vm_path outermost = {{path->id[0]}};
    for (u32 i = 0; i < now->vms && path->id[0]; i++)
        if (vm_path_equal(&now->vm[i].path, &outermost))
            return technique_has_guest_mode(now->vm[i].technique);
    return false;
}

void story_tell(const struct model *now, const struct trap_row *row, struct story *story)
{
    struct teller t = {row, is_in_guest_mode(now, &row->path), now->profile, story};
    story->count = 0;
    if (trap_row_is_for_vmm(row)) {
        tell_delegated_to_vmm(&t);
    } else if (row->kind == EVENT_TRAP && t.guest_mode) {
        tell_delegated(&t);
    } else if (row->kind == EVENT_TRAP) {
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
    u64 steps;
    if (!now->log || !route_has_ended(now->log, row, &steps))
        return now->log && row->number == now->log->traps;
    return now->steps == steps;
}
