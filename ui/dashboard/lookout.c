// Finding out which breakpoint is hit. Read ui/dashboard/lookout.h first.
#include "ui/dashboard/lookout.h"
#include "isa/isa.h"
#include "sim/state/hash.h"

#include <stdio.h>
#include <string.h>

static bool is_memory(const struct breakpoint *b)
{
    return b->kind == BREAK_STORE || b->kind == BREAK_ACCESS;
}

static u64 moment_now(const struct lookout *l)
{
    return l->play->world_began + machine_steps(l->play->machine);
}

static bool hit(struct lookout *l, u32 breakpoint, u64 steps)
{
    return l->hit(l->context, breakpoint, steps);
}

// ---- instructions

// csrrs and csrrc with x0 only read.
bool lookout_writes_csr(u32 word, u32 csr)
{
    struct decoded d = isa_decode(word, ~0u);
    bool swaps = d.insn == INSN_csrrw || d.insn == INSN_csrrwi;
    u8 format = isa_insns[d.insn].format;
    bool of_csr = format == ISA_FORMAT_CSR || format == ISA_FORMAT_CSRI;
    return of_csr && ((u32)d.imm & 0xfff) == csr && (swaps || d.rs1);
}

// Finds the VCPU that the hart runs. Returns false if a VMM is at work on it, or if there is
// none.
static bool vcpu_on(struct lookout *l, u32 hart, struct vm_path *path, u32 *vcpu)
{
    struct observed_vcpu seen;
    observe_hart(l->play->machine, hart, path, vcpu);
    return observe_vcpu(l->play->machine, path, *vcpu, &seen) && !seen.in_vmm;
}

static bool is_at(const struct breakpoint *b, const struct vm_path *path, u32 pc, u32 insn)
{
    if (!vm_path_equal(&b->path, path))
        return false;
    return (b->kind == BREAK_PC && b->pc == pc) ||
           (b->kind == BREAK_CSR && lookout_writes_csr(insn, b->csr));
}

// Notes that the VCPU came to the instruction at this number of steps of its machine.
static void note_arrival(struct lookout *l, const struct hart_state *h, const struct vm_path *path,
                         u32 vcpu, u64 steps)
{
    l->last.generation = scenario_generation(l->play->sc);
    l->last.steps = steps;
    l->last.path = *path;
    l->last.vcpu = vcpu;
    l->last.pc = h->pc;
    memcpy(l->last.x, h->x, sizeof h->x);
}

// Returns true if the step after the last arrival ended with a page fault of the instruction. A
// store that a VMM emulates has another class, because that store is not tried again.
static bool has_faulted(const struct lookout *l)
{
    const struct traplog *log = l->play->log;
    const struct trap_row *row;
    for (u64 n = log->traps; (row = traplog_row(log, n)) && row->steps > l->last.steps; n--)
        if (row->steps == l->last.steps + 1 && row->note.pc == l->last.pc &&
            (row->class == TRAP_LOAD_PAGE || row->class == TRAP_STORE_PAGE))
            return true;
    return false;
}

// Returns true if the instruction has only come again after a page fault. A kernel that handles the
// fault may also give up the instruction. If a program comes to the address later, some register
// is another one then.
static bool comes_again(const struct lookout *l, const struct hart_state *h,
                        const struct vm_path *path, u32 vcpu)
{
    bool same = l->last.generation == scenario_generation(l->play->sc) &&
                vm_path_equal(&l->last.path, path) && l->last.vcpu == vcpu && l->last.pc == h->pc &&
                !memcmp(l->last.x, h->x, sizeof h->x);
    return same && has_faulted(l);
}

static bool see_insn(struct lookout *l, const struct watched *w)
{
    const struct hart_state *h = machine_hart(l->play->machine, w->hart);
    struct vm_path path;
    u32 vcpu;
    if (!vcpu_on(l, w->hart, &path, &vcpu))
        return false;
    for (u32 i = 0; i < l->stops->breakpoints; i++)
        if (is_at(&l->stops->breakpoint[i], &path, h->pc, w->insn)) {
            bool again = comes_again(l, h, &path, vcpu);
            note_arrival(l, h, &path, vcpu, machine_steps(l->play->machine));
            return !again && hit(l, i, moment_now(l));
        }
    return false;
}

// ---- memory

static u64 hash_now(struct lookout *l, const struct breakpoint *b)
{
    u64 hash = HASH_START;
    for (u32 i = 0; i < b->bytes; i++) {
        u8 byte = 0;
        machine_read(l->play->machine, b->at + i, &byte, 1);
        hash = hash_byte(hash, byte);
    }
    return hash;
}

static bool see_access(struct lookout *l, const struct watched *w)
{
    for (u32 i = 0; i < l->stops->breakpoints; i++) {
        struct breakpoint *b = &l->stops->breakpoint[i];
        bool overlap = w->address - b->at < b->bytes || b->at - w->address < w->bytes;
        if (!is_memory(b) || !overlap || (w->kind == WATCHED_READ && b->kind != BREAK_ACCESS))
            continue;
        b->known = hash_now(l, b);
        return hit(l, i, moment_now(l));
    }
    return false;
}

// A VMM writes by page, so only the bytes themselves tell whether it wrote them.
static void see_page(struct lookout *l)
{
    u64 now = moment_now(l);
    if (!l->page_touched)
        l->touched_at = now ? now - 1 : 0;
    l->page_touched = true;
    machine_stop(l->play->machine);
}

bool lookout_after(struct lookout *l)
{
    bool stop = false;
    for (u32 i = 0; l->page_touched && l->play->machine && i < l->stops->breakpoints; i++) {
        struct breakpoint *b = &l->stops->breakpoint[i];
        u64 hash = is_memory(b) ? hash_now(l, b) : 0;
        if (!is_memory(b) || hash == b->known)
            continue;
        b->known = hash;
        stop = stop || hit(l, i, l->touched_at);
    }
    l->page_touched = false;
    return stop;
}

static void on_seen(void *context, const struct watched *w)
{
    struct lookout *l = context;
    bool stop = false;
    if (w->kind == WATCHED_INSN)
        stop = see_insn(l, w);
    else if (w->kind == WATCHED_PAGE)
        see_page(l);
    else
        stop = see_access(l, w);
    if (stop)
        scenario_pause(l->play->sc);
}

void lookout_begin(struct lookout *l)
{
    struct watch w = stops_watch(l->stops);
    w.seen = on_seen;
    w.context = l;
    playback_watch(l->play, &w);
    for (u32 i = 0; l->play->machine && i < l->stops->breakpoints; i++)
        if (is_memory(&l->stops->breakpoint[i]))
            l->stops->breakpoint[i].known = hash_now(l, &l->stops->breakpoint[i]);
}

// Was the instruction seen before the trap of this row? If its fetch failed, or an interrupt came
// before it, nobody has seen it yet.
static bool was_seen(const struct trap_row *row)
{
    bool interrupt = row->note.cause & CAUSE_INTERRUPT;
    bool of_insn = row->kind == EVENT_EXIT || row->kind == EVENT_TRAP;
    return of_insn && !interrupt && row->class != TRAP_FETCH_PAGE;
}

void lookout_resume(struct lookout *l, u64 rows_done)
{
    const struct trap_row *row = traplog_row(l->play->log, l->play->log->traps);
    struct vm_path path;
    u32 vcpu;
    l->row_done = rows_done;
    l->page_touched = false;
    memset(&l->last, 0, sizeof l->last);
    if (!row || !l->play->machine || !vcpu_on(l, row->hart, &path, &vcpu))
        return;
    const struct hart_state *h = machine_hart(l->play->machine, row->hart);
    if (was_seen(row) && row->note.pc == h->pc && vm_path_equal(&row->path, &path))
        note_arrival(l, h, &path, vcpu, row->steps - 1);
}

// ---- traps and other events

// Returns the row that this event has completed: its outcome is known, so its class is known,
// too. Returns NULL if there is none, or if the lookout has examined this row before.
static const struct trap_row *finished_row(struct lookout *l)
{
    const struct traplog *log = l->play->log;
    const struct trap_row *row = traplog_row(log, log->traps);
    bool open = row && trap_row_is_open(row);
    if (l->row_done > log->traps) // the run was taken back
        l->row_done = 0;
    if (!row || open || row->number == l->row_done)
        return NULL;
    l->row_done = row->number;
    return row;
}

// Returns the moment before the step after which the machine had this number of steps.
static u64 moment_before(const struct lookout *l, u64 steps)
{
    return l->play->world_began + (steps ? steps - 1 : 0);
}

static bool holds(struct lookout *l, struct breakpoint *b, const struct event *e)
{
    const struct world *w = scenario_world(l->play->sc);
    enum predicate_answer answer = predicate_ask(b->predicate, w, e, l->error);
    if (answer == PREDICATE_FAILED)
        scenario_pause(l->play->sc); // the person must hear of it
    return answer == PREDICATE_TRUE;
}

bool lookout_event(void *context, const struct event *e)
{
    struct lookout *l = context;
    const struct trap_row *row = finished_row(l);
    u32 profile = machine_config(l->play->machine)->profile;
    for (u32 i = 0; i < l->stops->breakpoints; i++) {
        struct breakpoint *b = &l->stops->breakpoint[i];
        if (b->kind == BREAK_TRAP && row && filter_takes(b->text, row, profile) &&
            hit(l, i, playback_before(l->play, row)))
            return true;
        if (b->kind == BREAK_LUA && !l->error[0] && holds(l, b, e) &&
            hit(l, i, moment_before(l, e->steps)))
            return true;
    }
    return false;
}
