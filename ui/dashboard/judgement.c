// Asking the tables about the access of a trap, and telling what they said. Read
// ui/dashboard/judgement.h first.
#include "ui/dashboard/judgement.h"
#include "hypervisor/config.h"
#include "isa/board/board.h"
#include "ui/dashboard/pages.h"
#include "ui/dashboard/trap_row.h"

#include <stdarg.h>
#include <stdio.h>

bool judgement_access(u32 cause, enum access *access)
{
    static const struct {
        u32 cause;
        enum access access;
    } accesses[] = {
        {CAUSE_FETCH_PAGE, ACCESS_FETCH},       {CAUSE_LOAD_PAGE, ACCESS_READ},
        {CAUSE_STORE_PAGE, ACCESS_WRITE},       {CAUSE_FETCH_ACCESS, ACCESS_FETCH},
        {CAUSE_LOAD_ACCESS, ACCESS_READ},       {CAUSE_STORE_ACCESS, ACCESS_WRITE},
        {CAUSE_GUEST_FETCH_PAGE, ACCESS_FETCH}, {CAUSE_GUEST_LOAD_PAGE, ACCESS_READ},
        {CAUSE_GUEST_STORE_PAGE, ACCESS_WRITE},
    };
    for (size_t i = 0; i < sizeof accesses / sizeof *accesses; i++)
        if (accesses[i].cause == cause) {
            *access = accesses[i].access;
            return true;
        }
    return false;
}

// ---- asking

// One access, and those who translate it.
struct asked {
    struct machine *m;
    struct vm_path path; // the guest that accessed
    u32 address;
    enum access access;
    struct observed_vcpu vcpu;
    u32 hart_satp; // what the hart had in satp (in guest mode: in vsatp) when it trapped
    u32 hart_sstatus;
    mpa stage_root;     // of the second stage; 0: there was none
    bool in_guest_mode; // the hart was
    unsigned level;     // of the table that the hart walked
};

static struct vm_path outer_path(const struct vm_path *path, unsigned level)
{
    struct vm_path outer = *path;
    for (unsigned i = level; i < EVENT_DEPTH; i++)
        outer.id[i] = 0;
    return outer;
}

static u8 technique_of(const struct asked *a, unsigned level)
{
    struct vm_path path = outer_path(&a->path, level);
    struct observed_vm vm;
    return level && observe_vm(a->m, &path, &vm) ? vm.technique : TECHNIQUE_TRAP;
}

// The hart itself is in guest mode, and has two banks of CSRs. After a trap to L0 the guest's bank
// is the other one, and hgatp still names the second stage.
static void ask_hart_in_guest_mode(struct asked *a, u32 hart)
{
    const struct h_state *extension = machine_hart_extension(a->m, hart);
    const struct hart_state *now = machine_hart(a->m, hart);
    a->hart_satp = now->virt ? now->satp : extension->other.satp;
    a->hart_sstatus = now->virt ? now->sstatus : extension->other.sstatus;
    a->stage_root = a->vcpu.two_stages ? HGATP_PPN(extension->hgatp) << PAGE_SHIFT : 0;
}

// A guest in guest mode changes its CSRs without its VMM, so the VMM's records of them are old.
// They are on the hart, or in the VCPU of the VMM around it, for which L0 keeps the hart's part.
static void take_newer_state(struct asked *a)
{
    unsigned depth = vm_path_length(&a->path);
    u8 technique = technique_of(a, depth);
    struct vm_path above = outer_path(&a->path, depth ? depth - 1 : 0);
    struct observed_vcpu host;
    u32 sstatus = a->hart_sstatus, satp = a->hart_satp;
    if (!technique_has_guest_mode(technique))
        return;
    if (!pages_has_own_modes(a->m, &a->path)) { // so the state is not on the hart
        if (!observe_vcpu(a->m, &above, a->vcpu.host, &host) || !host.state.virt)
            return;
        sstatus = host.state.sstatus;
        satp = host.state.satp;
    }
    a->vcpu.state.sstatus = sstatus;
    if (technique == TECHNIQUE_ASSIST) // without the second stage, that satp is of a shadow
        a->vcpu.state.satp = satp;
}

static bool ask_whom(struct asked *a, const struct event *e)
{
    u32 vcpu = vm_path_length(&e->path) ? e->note.vcpu : e->hart;
    if (!judgement_access(e->note.cause, &a->access) ||
        !observe_vcpu(a->m, &e->path, vcpu, &a->vcpu))
        return false;
    a->level = pages_hart_level(a->m, &a->path, a->vcpu.two_stages);
    a->hart_satp = machine_hart(a->m, e->hart)->satp;
    a->in_guest_mode = technique_has_guest_mode(technique_of(a, 1));
    if (a->in_guest_mode)
        ask_hart_in_guest_mode(a, e->hart);
    take_newer_state(a);
    return true;
}

// What a walk says about an access: by its last entry, first as such and then for this access.
static enum entry_refusal refusal_of(const struct table_walk *w, enum view view, enum access access,
                                     bool adue)
{
    if (w->bad || !w->leaf)
        return (enum entry_refusal)w->bad;
    return entry_refuses(w->leaf_entry, view, access, adue);
}

static u32 last_entry(const struct table_walk *w)
{
    return w->entries ? w->entry[w->entries - 1] : 0;
}

static void ask_guest(struct judgement *j, const struct asked *a, enum view view)
{
    struct table_walk w = pages_walk(a->m, &a->path, a->vcpu.state.satp, a->address);
    struct observed_vm vm;
    j->paging = w.paging;
    j->entry = last_entry(&w);
    j->refusal = (u8)refusal_of(&w, view, a->access, machine_config(a->m)->adue);
    j->lost = pages_table_is_lost(&w);
    j->physical = w.paging ? w.physical : a->address;
    if (observe_vm(a->m, &a->path, &vm))
        j->place = (u8)pages_place(vm.ram, j->physical, 1);
}

// The hart walks a shadow, or after the guest's own table the second stage.
static void ask_hart(struct judgement *j, const struct asked *a, enum view view)
{
    struct vm_path path = outer_path(&a->path, a->level);
    struct table_walk w = pages_walk(a->m, &path, a->hart_satp, a->address);
    if (a->level < vm_path_length(&a->path) && w.paging) {
        bool own = pages_has_own_modes(a->m, &a->path);
        j->judged_by = JUDGED_BY_SHADOW;
        j->by_entry = last_entry(&w);
        j->by_refusal = (u8)refusal_of(&w, own ? view : VIEW_U, a->access, false);
    }
    if (!a->stage_root || j->by_refusal)
        return;
    pages_walk_stages(&w, a->m, a->stage_root, a->address);
    if (!w.page.reads)
        return;
    j->judged_by = JUDGED_BY_STAGE;
    j->by_entry = w.page.entry;
    j->by_refusal = w.page.mapped ? ENTRY_ALLOWS : ENTRY_NO_V;
}

void judgement_make(struct judgement *j, struct machine *m, const struct event *e)
{
    struct asked a = {.m = m, .path = e->path, .address = e->note.addr};
    *j = (struct judgement){0};
    if (!ask_whom(&a, e))
        return;
    enum view view = sv32_view(e->note.mode, a.vcpu.state.sstatus);
    j->known = true;
    ask_guest(j, &a, view);
    ask_hart(j, &a, view);
}

// ---- telling

struct writer {
    char *to;
    size_t size, used;
};

static void add(struct writer *w, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct writer *w, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(w->to + w->used, w->size - w->used, format, arguments);
    va_end(arguments);
    w->used += n > 0 ? (size_t)n : 0;
    if (w->used >= w->size)
        w->used = w->size - 1;
}

static void tell_access(struct writer *w, const struct trap_row *row)
{
    static const char *const names[] = {"load from", "store to", "fetch from"}; // by enum access
    char mode = row->note.mode == MODE_U ? 'U' : 'K', name[40], whose[60] = "";
    enum access access = ACCESS_READ;
    judgement_access(row->note.cause, &access);
    vm_path_print(&row->path, name, sizeof name);
    if (vm_path_length(&row->path))
        snprintf(whose, sizeof whose, " of %s in virtual", name);
    else
        snprintf(whose, sizeof whose, " in");
    add(w, "Trap %llu%s mode %c was a %s %08x.", (unsigned long long)row->number, whose, mode,
        names[access], row->note.addr);
}

// Tells what one table said.
static void tell_table(struct writer *w, const char *table, u8 refusal, u32 entry)
{
    if (refusal)
        add(w, " %s refused it: %s (entry %08x).", table, entry_refusal_words(refusal), entry);
    else
        add(w, " %s allowed it (entry %08x).", table, entry);
}

// The guest's own table, or that of a kernel on the bare machine. Returns false if it decided
// alone.
static bool tell_guest(struct writer *w, const struct judgement *j, bool bare)
{
    const char *table = bare ? "The kernel's table" : "The guest's table";
    if (!j->paging) {
        add(w, " Paging was off.");
    } else if (j->lost) {
        add(w, " %s had no memory under it.", table);
        return false;
    } else {
        tell_table(w, table, j->refusal, j->entry);
    }
    return !j->refusal;
}

void judgement_tell(const struct trap_row *row, char *to, size_t size)
{
    const struct judgement *j = &row->judged;
    struct writer w = {to, size, 0};
    tell_access(&w, row);
    if (!tell_guest(&w, j, !vm_path_length(&row->path)))
        return;
    if (j->place == PLACE_DEVICE)
        add(&w, " At %08llx there is a device: %s.%s", (unsigned long long)j->physical,
            board_device_in((u32)j->physical, 1),
            row->class == TRAP_ACCESS ? " It does not serve such an access." : "");
    else if (j->place == PLACE_EMPTY)
        add(&w, " At %08llx there is neither memory nor a device.",
            (unsigned long long)j->physical);
    if (j->judged_by == JUDGED_BY_SHADOW)
        tell_table(&w, "The shadow", j->by_refusal, j->by_entry);
    else if (j->judged_by == JUDGED_BY_STAGE)
        tell_table(&w, "The second stage", j->by_refusal, j->by_entry);
}
