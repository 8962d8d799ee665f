// Merging events into rows and spans. One table says what each kind of event does to the log. Read
// ui/dashboard/traplog.h first.
#include "ui/dashboard/traplog.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define LOG_PAGES ((u32)((sizeof(struct traplog) + PAGE_SIZE - 1) / PAGE_SIZE))

// To be called before these bytes of the log change.
static void touch(struct traplog *log, const void *at, size_t bytes)
{
    size_t first = (size_t)((const u8 *)at - log->pages->bytes);
    for (size_t page = first / PAGE_SIZE; page <= (first + bytes - 1) / PAGE_SIZE; page++)
        pages_mark(log->pages, (u32)page);
}

// To be called before anything in front of the rings changes.
static void touch_head(struct traplog *log)
{
    touch(log, log, offsetof(struct traplog, trap));
}

static struct traplog *begin(struct pages *pages)
{
    struct traplog *log = (struct traplog *)pages->bytes;
    log->pages = pages;
    touch_head(log);
    return log;
}

struct traplog *traplog_new(void)
{
    struct pages *pages = malloc(sizeof *pages);
    if (pages && pages_new(pages, LOG_PAGES))
        return begin(pages);
    free(pages);
    return NULL;
}

void traplog_free(struct traplog *log)
{
    if (!log)
        return;
    struct pages *pages = log->pages;
    pages_free(pages);
    free(pages);
}

void traplog_reset(struct traplog *log)
{
    struct pages *pages = log->pages;
    pages_clear(pages);
    begin(pages);
}

// ---- finding

u64 traplog_first(const struct traplog *log)
{
    return log->traps > LOG_TRAPS ? log->traps - LOG_TRAPS + 1 : 1;
}

u64 traplog_first_span(const struct traplog *log)
{
    return log->spans > LOG_SPANS ? log->spans - LOG_SPANS : 0;
}

// To be changed.
static struct trap_row *row_at(struct traplog *log, u64 number)
{
    struct trap_row *row = &log->trap[(number - 1) % LOG_TRAPS];
    touch(log, row, sizeof *row);
    return row;
}

static struct span *span_at(struct traplog *log, u64 index)
{
    struct span *span = &log->span[index % LOG_SPANS];
    touch(log, span, sizeof *span);
    return span;
}

const struct trap_row *traplog_row(const struct traplog *log, u64 number)
{
    if (number < traplog_first(log) || number > log->traps)
        return NULL;
    return &log->trap[(number - 1) % LOG_TRAPS];
}

bool traplog_is_open(const struct traplog *log)
{
    const struct trap_row *row = traplog_row(log, log->traps);
    return row && trap_row_is_open(row);
}

const struct span *traplog_span(const struct traplog *log, u64 index)
{
    if (index < traplog_first_span(log) || index >= log->spans)
        return NULL;
    return &log->span[index % LOG_SPANS];
}

// Returns the row of the exit that is not complete on this hart, or NULL.
static struct trap_row *open_row(struct traplog *log, u8 hart)
{
    u64 number = log->open[hart];
    return number && traplog_row(log, number) ? row_at(log, number) : NULL;
}

// ---- counting. A row is counted from its first event on. If its outcome shows that it belongs to
// another class, its count moves to that class.

static void count_in(struct traplog *log, const struct trap_row *row)
{
    struct trap_count *c = &log->count[row->class];
    c->count++;
    c->cost += row->cost;
    if (row->cost > c->most)
        c->most = row->cost;
}

static void charge(struct traplog *log, struct trap_row *row, u32 cost)
{
    struct trap_count *c = &log->count[row->class];
    row->cost += cost;
    log->cost += cost;
    c->cost += cost;
    if (row->cost > c->most)
        c->most = row->cost;
}

static void reclassify(struct traplog *log, struct trap_row *row)
{
    u8 class = (u8)trap_row_classify(row);
    if (class == row->class)
        return;
    log->count[row->class].count--;
    log->count[row->class].cost -= row->cost;
    row->class = class;
    count_in(log, row);
}

// ---- what each event does

// Returns the cycle at which the event began. The cycle in an event is the one after its cost
// was charged.
static u64 started(const struct event *e)
{
    return e->cycle > e->cost ? e->cycle - e->cost : 0;
}

static void add_trap(struct traplog *log, const struct event *e)
{
    u64 number = ++log->traps;
    struct trap_row *row = row_at(log, number);
    log->own += e->note.kind == EVENT_TRAP && e->path.id[0];
    *row = (struct trap_row){.number = number,
                             .seq = e->seq,
                             .cycle = started(e),
                             .retired = e->retired,
                             .steps = e->steps,
                             .ended = e->steps,
                             .hart = e->hart,
                             .level = e->level,
                             .kind = e->note.kind,
                             .outcome = e->note.kind,
                             .path = e->path,
                             .note = e->note,
                             .cost = e->cost,
                             .ran = e->ran + e->ran_cost,
                             .ran_by = e->by};
    row->class = (u8)trap_row_classify(row);
    count_in(log, row);
    log->cost += e->cost;
    // The time before the first instruction of the first guest belongs to the VMM's start.
    if (number == 1 && e->note.kind != EVENT_TRAP)
        log->started = row->cycle > row->ran ? row->cycle - row->ran : 0;
    log->open[e->hart] = number;
}

// Returns true if a VMM that is guest code reports this event about a guest of its own. Exits,
// and traps that the hart delivers to a guest itself, are reported by the machine alone.
static bool is_inner(const struct event *e)
{
    return vm_path_length(&e->path) > 1 && e->note.kind != EVENT_EXIT && e->note.kind != EVENT_TRAP;
}

// Returns the exit that such a VMM is at work on: the last exit of a guest inside it. Returns
// NULL if there is none.
static struct trap_row *row_told_of(struct traplog *log, const struct event *e)
{
    unsigned level = vm_path_length(&e->path);
    u64 number = log->deep[e->hart][level];
    struct trap_row *row = number && traplog_row(log, number) ? row_at(log, number) : NULL;
    return row && !memcmp(&row->path, &e->path, level * sizeof e->path.id[0]) ? row : NULL;
}

static void add_inner(struct traplog *log, const struct event *e)
{
    struct trap_row *row = row_told_of(log, e);
    if (!row)
        return;
    u8 *decided = &row->decided[vm_path_length(&e->path) - 1];
    row->ended = e->steps;
    if (e->note.kind == EVENT_SCHEDULE) {
        row->next = e->path;
        row->switched = true;
    } else if (e->note.kind == EVENT_BLOCK) {
        row->blocked = true;
    } else if (!*decided || e->note.kind == EVENT_KILL) {
        *decided = e->note.kind;
        if (vm_path_equal(&row->path, &e->path)) {
            row->done = e->note;
            reclassify(log, row);
        }
    }
}

static void add_outcome(struct traplog *log, const struct event *e)
{
    struct trap_row *row = open_row(log, e->hart);
    if (!row || row->kind != EVENT_EXIT)
        return;
    charge(log, row, e->cost);
    if (row->outcome != EVENT_EXIT && e->note.kind != EVENT_KILL)
        return; // The first outcome answers the exit. A later one only adds to the cost: for
                // example an access that crosses a page boundary needs a second fill.
    row->ended = e->steps;
    row->outcome = e->note.kind;
    row->done = e->note;
    row->told = (u8)vm_path_length(&e->path);
    reclassify(log, row);
}

static void end_span(struct traplog *log, u8 hart, u64 cycle)
{
    u64 running = log->running[hart];
    if (running && traplog_span(log, running - 1))
        span_at(log, running - 1)->to = cycle;
    log->running[hart] = 0;
}

// Returns true if this switch is a result of the exit that is not complete. Otherwise a quantum
// ended later.
static bool follows(const struct trap_row *row, const struct event *e)
{
    return row->blocked || row->retired == e->retired;
}

// Returns the cycles that belong to no row: those of a switch when nobody had the hart before.
static u32 add_switch(struct traplog *log, const struct event *e)
{
    struct trap_row *row = open_row(log, e->hart);
    u64 running = log->running[e->hart];
    const struct span *before = running ? traplog_span(log, running - 1) : NULL;
    if (row && follows(row, e)) {
        charge(log, row, e->cost);
        row->ended = e->steps;
    } else if (before) {
        struct event was = *e;
        was.path = e->ran ? e->by : before->path;
        was.note.vcpu = before->vcpu;
        add_trap(log, &was);
        row = row_at(log, log->traps);
    } else {
        log->started += e->cost;
        return e->cost;
    }
    row->next = e->path;
    row->switched = true;
    return 0;
}

static void begin_span(struct traplog *log, const struct event *e, u64 from)
{
    end_span(log, e->hart, from);
    *span_at(log, log->spans) = (struct span){
        .from = from, .to = UINT64_MAX, .path = e->path, .vcpu = e->note.vcpu, .hart = e->hart};
    log->running[e->hart] = ++log->spans;
}

static void add_schedule(struct traplog *log, const struct event *e)
{
    u32 cost = add_switch(log, e);
    begin_span(log, e, e->cycle);
    span_at(log, log->spans - 1)->cost = cost;
}

// A VCPU that exits has run since its last exit. If nobody has said what was done about that exit,
// nobody will: a VMM that is guest code just lets the guest go on when the machine's timer was
// early.
static void end_untold(struct traplog *log, const struct event *e)
{
    u64 number = log->deep[e->hart][vm_path_length(&e->path)];
    struct trap_row *row = number && traplog_row(log, number) ? row_at(log, number) : NULL;
    if (row && e->note.kind == EVENT_EXIT && vm_path_equal(&row->path, &e->path) &&
        row->note.vcpu == e->note.vcpu && trap_row_verdict(row) == EVENT_EXIT)
        row->untold = true;
}

static void add_exit(struct traplog *log, const struct event *e)
{
    end_untold(log, e);
    u64 running = log->running[e->hart], ran = e->retired - log->retired[e->hart];
    const struct span *span = running ? traplog_span(log, running - 1) : NULL;
    if (!span || !vm_path_equal(&span->path, &e->path))
        begin_span(log, e, started(e) > ran ? started(e) - ran : 0);
    add_trap(log, e);
    for (unsigned level = 1; e->note.kind == EVENT_EXIT && level <= vm_path_length(&e->path);
         level++)
        log->deep[e->hart][level] = log->traps;
}

static void add_block(struct traplog *log, const struct event *e)
{
    struct trap_row *row = open_row(log, e->hart);
    if (row) {
        charge(log, row, e->cost);
        row->ended = e->steps;
        row->blocked = true;
    }
    end_span(log, e->hart, e->cycle);
}

static void add_power(struct traplog *log, const struct event *e)
{
    u64 running = log->running[e->hart];
    const struct span *s = running ? traplog_span(log, running - 1) : NULL;
    if (!s || vm_path_equal(&s->path, &e->path) || !vm_path_length(&e->path))
        end_span(log, e->hart, e->cycle);
}

static void (*const adders[EVENT_KINDS])(struct traplog *log, const struct event *e) = {
    [EVENT_TRAP] = add_trap,    [EVENT_EXIT] = add_exit,       [EVENT_EMULATE] = add_outcome,
    [EVENT_FILL] = add_outcome, [EVENT_REFLECT] = add_outcome, [EVENT_PREEMPT] = add_outcome,
    [EVENT_KILL] = add_outcome, [EVENT_INJECT] = add_exit,     [EVENT_SCHEDULE] = add_schedule,
    [EVENT_BLOCK] = add_block,  [EVENT_POWER] = add_power,
};

void traplog_add(struct traplog *log, const struct event *e)
{
    if (e->hart >= HARTS_MAX || e->note.kind >= EVENT_KINDS || !adders[e->note.kind])
        return;
    touch_head(log);
    if (is_inner(e) && e->note.kind != EVENT_INJECT && e->note.kind != EVENT_POWER)
        add_inner(log, e);
    else
        adders[e->note.kind](log, e);
    log->retired[e->hart] = e->retired;
}

bool traplog_wants_taker(const struct event *e)
{
    return e->note.kind == EVENT_EXIT && e->real_mode == MODE_K && vm_path_length(&e->path) > 1;
}

bool traplog_wants_judgement(const struct event *e)
{
    enum access access;
    return (e->note.kind == EVENT_EXIT || e->note.kind == EVENT_TRAP) &&
           judgement_access(e->note.cause, &access);
}

void traplog_set_judgement(struct traplog *log, u8 hart, const struct judgement *judged)
{
    struct trap_row *row = hart < HARTS_MAX ? open_row(log, hart) : NULL;
    if (row)
        row->judged = *judged;
}

void traplog_set_taker(struct traplog *log, u8 hart, unsigned level)
{
    struct trap_row *row = hart < HARTS_MAX ? open_row(log, hart) : NULL;
    if (!row || !trap_row_is_open(row) || level >= vm_path_length(&row->path))
        return;
    row->told = (u8)level;
    reclassify(log, row);
}

bool traplog_wants_own(const struct traplog *log, const struct event *e)
{
    u64 number = e->note.kind == EVENT_REFLECT && !is_inner(e) ? log->open[e->hart] : 0;
    const struct trap_row *row = number ? traplog_row(log, number) : NULL;
    return row && trap_row_is_deep(row) && row->outcome == EVENT_REFLECT;
}

void traplog_set_own(struct traplog *log, u8 hart)
{
    struct trap_row *row = open_row(log, hart);
    row->told = (u8)vm_path_length(&row->path);
    reclassify(log, row);
}

// ---- going back

bool traplog_mark(struct traplog *log, struct saved_pages *mark)
{
    return pages_save(log->pages, mark);
}

void traplog_return(struct traplog *log, const struct saved_pages *mark)
{
    pages_restore(log->pages, mark, NULL, NULL);
}
