// What a search sees of the run, and the rows that it makes of it. Read ui/dashboard/search_parts.h
// first.
#include "ui/dashboard/search_parts.h"

#include "isa/isa.h"
#include "scenarios/world/report.h"
#include "ui/dashboard/words.h"

#include <stdio.h>
#include <string.h>

static u64 moment_now(const struct search *s)
{
    return s->play->world_began + machine_steps(s->play->machine);
}

static void add_row(struct search *s, u64 steps, const char *who, const char *text)
{
    struct finding row = {.generation = scenario_generation(s->play->sc),
                          .steps = steps,
                          .began = s->play->world_began};
    snprintf(row.who, sizeof row.who, "%.19s", who);
    snprintf(row.text, sizeof row.text, "%.75s", text);
    findings_add(s->found, &row);
}

// The last turn of a stretch may be a little longer than the stretch. What it shows then is found
// again in the next stretch.
static void add(struct search *s, u64 steps, const char *who, const char *text)
{
    if (steps < s->end)
        add_row(s, steps, who, text);
}

// "00000000 -> 00000007  80400010 addi a0, a0, 7"
static void add_change(struct search *s, u32 from, u32 to)
{
    char who[48], code[64], text[160];
    isa_disasm(s->suspect.insn, s->suspect.pc, machine_config(s->play->machine)->profile, code,
               sizeof code);
    snprintf(text, sizeof text, "%08x -> %08x  %08x %s", from, to, s->suspect.pc,
             s->suspect.insn ? code : "(trap)");
    words_vcpu(&s->inquiry.path, s->inquiry.vcpu, who);
    add(s, s->suspect.steps, who, text);
}

// ---- registers and CSRs

// Returns true if the VM `path` is above the VM `below`, at any distance.
static bool is_above(const struct vm_path *path, const struct vm_path *below)
{
    unsigned length = vm_path_length(path);
    return length < vm_path_length(below) && !memcmp(path, below, length * sizeof path->id[0]);
}

// Returns true if the registers belong to other code now. If the VCPU runs a guest of its own,
// they belong to that guest. If the code of a VMM above it runs, that VMM may be about to save
// or load them.
static bool is_in_flux(const struct search *s, const struct observed_vcpu *v)
{
    struct machine *m = s->play->machine;
    const struct vm_path *path = &s->inquiry.path;
    for (u32 hart = 0; hart < machine_config(m)->harts; hart++) {
        struct vm_path running;
        u32 vcpu;
        observe_hart(m, hart, &running, &vcpu);
        if (v->on_hart && v->hart == hart && !vm_path_equal(&running, path))
            return true;
        bool native = !vm_path_length(&running) && machine_has_monitor(m);
        if (!native && is_above(&running, path))
            return true;
    }
    return false;
}

bool search_value(const struct search *s, u32 *value)
{
    struct observed_vcpu v;
    if (!observe_vcpu(s->play->machine, &s->inquiry.path, s->inquiry.vcpu, &v) || v.in_vmm ||
        is_in_flux(s, &v))
        return false;
    if (s->inquiry.kind == SEARCH_CSR)
        return state_vcpu_csr(&v, s->inquiry.number, value);
    *value = v.state.x[s->inquiry.number];
    return true;
}

// Returns the edit that set the value since the suspect came; NULL if there is none.
static const struct typed_input *by_hand(const struct search *s, u32 value)
{
    static const u8 kinds[] = {[SEARCH_REGISTER] = EDIT_REGISTER, [SEARCH_CSR] = EDIT_CSR};
    const struct playback *p = s->play;
    for (u32 i = p->typed_next; i-- > 0;) {
        const struct typed_input *t = &p->typed[i];
        bool since = t->generation == scenario_generation(p->sc) &&
                     p->world_began + t->steps >= s->suspect.steps;
        if (t->edits && since && t->edit.kind == kinds[s->inquiry.kind] &&
            t->edit.number == s->inquiry.number && t->edit.value == value &&
            t->edit.vcpu == s->inquiry.vcpu && vm_path_equal(&t->edit.path, &s->inquiry.path))
            return t;
    }
    return NULL;
}

static void add_by_hand(struct search *s, const struct typed_input *t, u32 from, u32 to)
{
    char text[80];
    snprintf(text, sizeof text, "%08x -> %08x  by hand", from, to);
    add_row(s, s->play->world_began + t->steps, "you", text);
}

// If the value has changed, a person or the suspect has done it.
static void compare(struct search *s, u32 value)
{
    u32 generation = scenario_generation(s->play->sc);
    if (s->generation != generation)
        s->known = false;
    const struct typed_input *hand = s->known && value != s->value ? by_hand(s, value) : NULL;
    if (hand)
        add_by_hand(s, hand, s->value, value);
    else if (s->known && value != s->value)
        add_change(s, s->value, value);
    s->generation = generation;
    s->known = true;
    s->value = value;
}

// For a VCPU that runs on this hart: its registers are there, and a record of them is older.
static void settle(struct search *s, u32 hart)
{
    u32 value;
    if (s->inquiry.kind == SEARCH_REGISTER)
        compare(s, machine_hart(s->play->machine, hart)->x[s->inquiry.number]);
    else if (search_value(s, &value))
        compare(s, value);
}

// Returns true if the instruction itself may change the CSR that is asked for.
static bool may_change(const struct search *s, u32 insn)
{
    return s->inquiry.kind == SEARCH_CSR &&
           (lookout_writes_csr(insn, s->inquiry.number) || isa_decode(insn, ~0u).insn == INSN_sret);
}

static void see_insn(struct search *s, const struct watched *w)
{
    struct vm_path path;
    u32 vcpu;
    observe_hart(s->play->machine, w->hart, &path, &vcpu);
    if (!vm_path_equal(&path, &s->inquiry.path) || vcpu != s->inquiry.vcpu)
        return;
    settle(s, w->hart);
    const struct hart_state *h = machine_hart(s->play->machine, w->hart);
    u64 now = moment_now(s);
    bool again = s->alone && s->suspect.steps == now;
    s->suspect = (struct suspect){now, h->pc, w->insn};
    // In mode K the instruction itself changes a CSR, and a trap right behind it may change that
    // CSR again. So the run stops here, and then it makes this step alone.
    s->alone = h->mode == MODE_K && !again && may_change(s, w->insn);
    if (s->alone)
        machine_stop(s->play->machine);
}

// For a trap of the VCPU: what its VMM then does to the VCPU is done because of this trap. On a
// bare machine the trap itself has changed CSRs already.
static void see_trap(struct search *s, const struct event *e)
{
    bool of_vcpu = (e->note.kind == EVENT_EXIT || e->note.kind == EVENT_TRAP) &&
                   vm_path_equal(&e->path, &s->inquiry.path) && e->note.vcpu == s->inquiry.vcpu;
    struct suspect trap = {s->play->world_began + e->steps - 1, e->note.pc, e->note.insn};
    bool itself = e->note.kind == EVENT_TRAP && s->inquiry.kind == SEARCH_CSR;
    if (!of_vcpu)
        return;
    if (itself)
        s->suspect = trap;
    settle(s, e->hart);
    s->suspect = trap;
}

// ---- memory

static u32 word_in(const u8 *bytes)
{
    return bytes[0] | (u32)bytes[1] << 8 | (u32)bytes[2] << 16 | (u32)bytes[3] << 24;
}

// Adds a row for one word of a range that was written, and remembers its present value.
static void tell_word(struct search *s, u32 range, u32 offset, u32 hart, const char *who, u64 steps)
{
    struct machine *m = s->play->machine;
    u8 *before = s->bytes[range] + offset;
    u32 from = word_in(before), pc = machine_hart(m, hart)->pc;
    char text[160];
    machine_read(m, s->inquiry.range[range].at + offset, before, 4);
    snprintf(text, sizeof text, "%08x: %08x -> %08x  pc %08x",
             s->inquiry.range[range].shown + offset, from, word_in(before), pc);
    add(s, steps, who, text);
}

static void see_write(struct search *s, const struct watched *w)
{
    struct vm_path path;
    u32 vcpu;
    char who[48];
    observe_hart(s->play->machine, w->hart, &path, &vcpu);
    words_vcpu(&path, vcpu, who);
    for (u32 i = 0; i < s->inquiry.ranges; i++)
        for (u32 offset = 0; offset < s->inquiry.range[i].bytes; offset += 4) {
            mpa at = s->inquiry.range[i].at + offset;
            if (at - w->address < w->bytes || w->address - at < 4)
                tell_word(s, i, offset, w->hart, who, moment_now(s));
        }
}

// A native VMM had access to the page: if bytes differ, the VMM has written them.
static void compare_pages(struct search *s)
{
    for (u32 i = 0; s->page_touched && i < s->inquiry.ranges; i++)
        for (u32 offset = 0; offset < s->inquiry.range[i].bytes; offset += 4) {
            u8 now[4];
            machine_read(s->play->machine, s->inquiry.range[i].at + offset, now, 4);
            if (memcmp(now, s->bytes[i] + offset, 4))
                tell_word(s, i, offset, s->touched_by, "VMM", s->touched_at);
        }
    s->page_touched = false;
}

static void see_page(struct search *s, u32 hart)
{
    u64 now = moment_now(s);
    if (!s->page_touched)
        s->touched_at = now ? now - 1 : 0;
    s->page_touched = true;
    s->touched_by = hart;
    machine_stop(s->play->machine);
}

static void on_seen(void *context, const struct watched *w)
{
    struct search *s = context;
    bool of_memory = s->inquiry.kind == SEARCH_MEMORY &&
                     scenario_generation(s->play->sc) == search_noted(&s->here)->generation;
    if (w->kind == WATCHED_INSN)
        see_insn(s, w);
    else if (w->kind == WATCHED_WRITE && of_memory)
        see_write(s, w);
    else if (w->kind == WATCHED_PAGE && of_memory)
        see_page(s, w->hart);
}

// ---- traps

static void see_row(struct search *s)
{
    const struct traplog *log = s->play->log;
    const struct trap_row *row = traplog_row(log, log->traps);
    u32 profile = machine_config(s->play->machine)->profile;
    bool open = row && trap_row_is_open(row);
    char who[48], cause[64], text[120];
    if (s->row_done > log->traps) // another world has begun
        s->row_done = 0;
    if (!row || open || row->number == s->row_done)
        return;
    s->row_done = row->number;
    if (!filter_takes(s->inquiry.filter, row, profile))
        return;
    snprintf(text, sizeof text, "trap %llu  %s  %s", (unsigned long long)row->number,
             words_cause(row, profile, cause), words_action(row));
    add(s, playback_before(s->play, row), words_vcpu(&row->path, row->note.vcpu, who), text);
}

static bool on_hit(void *context, u32 breakpoint, u64 steps)
{
    struct search *s = context;
    char text[120], who[48];
    const struct breakpoint *b = &s->stops.breakpoint[breakpoint];
    snprintf(text, sizeof text, "breakpoint %u: %s", breakpoint + 1, b->text);
    vm_path_print(&b->path, who, sizeof who);
    add(s, steps, who, text);
    return false;
}

static bool on_event(void *context, const struct event *e)
{
    struct search *s = context;
    switch (s->inquiry.kind) {
    case SEARCH_REGISTER:
    case SEARCH_CSR:
        see_trap(s, e);
        break;
    case SEARCH_TRAPS:
        see_row(s);
        break;
    case SEARCH_BREAKPOINTS:
        lookout_event(&s->lookout, e);
        break;
    }
    return false;
}

// ---- stretches

void search_watch(struct search *s)
{
    const struct inquiry *q = &s->inquiry;
    struct watch w = {.seen = on_seen, .context = s};
    if (q->kind == SEARCH_REGISTER)
        w.registers = 1u << q->number;
    w.csrs = q->kind == SEARCH_CSR;
    for (u32 i = 0; q->kind == SEARCH_MEMORY && i < q->ranges; i++)
        w.range[w.ranges++] = (struct watch_range){q->range[i].at, q->range[i].bytes, false};
    if (q->kind != SEARCH_BREAKPOINTS)
        playback_watch(s->play, &w);
    else if (!s->lookout.play)
        s->lookout =
            (struct lookout){.play = s->play, .stops = &s->stops, .hit = on_hit, .context = s};
    s->play->stops_at = on_event;
    s->play->stops_context = s;
}

void search_look_round(struct search *s)
{
    struct machine *m = s->play->machine;
    u32 value;
    s->suspect = (struct suspect){0};
    s->alone = false;
    s->page_touched = false;
    // If the exit of the newest row is not complete, that row must still be examined.
    s->row_done = s->play->log->traps - traplog_is_open(s->play->log);
    s->known = m && search_has_value(s) && search_value(s, &value);
    if (s->known)
        s->value = value;
    s->generation = scenario_generation(s->play->sc);
    for (u32 i = 0; m && i < s->inquiry.ranges && s->inquiry.kind == SEARCH_MEMORY; i++)
        machine_read(m, s->inquiry.range[i].at, s->bytes[i], s->inquiry.range[i].bytes);
    if (s->inquiry.kind == SEARCH_BREAKPOINTS) {
        lookout_begin(&s->lookout);
        lookout_resume(&s->lookout, s->row_done);
    }
}

// The end of a stretch shows what the last instruction has changed. If a VMM is at work on the
// VCPU then, the beginning of the following stretch shows it.
void search_settle(struct search *s)
{
    u32 value;
    if (!search_has_value(s) || !s->play->machine)
        return;
    if (search_value(s, &value))
        compare(s, value);
    else if (s->next_known && s->known)
        compare(s, s->next_value);
}

void search_look_after(struct search *s)
{
    u32 value;
    if (s->play->machine)
        compare_pages(s);
    // The script may go on to another world now. There nothing shows any more what the last
    // instruction has changed.
    if (s->play->machine && search_has_value(s) && search_value(s, &value))
        compare(s, value);
    lookout_after(&s->lookout);
}
