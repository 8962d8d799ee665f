// Counting events. Read scenarios/world/counters.h first.
// Read next: scenarios/world/multiply.h.
#include "scenarios/world/counters.h"

#include "isa/isa.h"

#include <stdlib.h>
#include <string.h>

struct counters_row {
    u32 references;
    struct counted counted;
};

struct counters_mark {
    struct counted all;
    struct counters_exit exit[HARTS_MAX];
    struct multiplied multiplied;
    u32 rows;
    struct counters_row *row[];
};

// ---- rows

static void release(struct counters_row *row)
{
    if (row && --row->references == 0)
        free(row);
}

// Returns the counts of a VM, to be changed. Makes them if there are none, and copies them if a
// mark shares them. Returns NULL if there is no memory.
static struct counted *counted_of(struct counters *c, u32 vm)
{
    struct counters_row *old = vm < VM_INDEX_MAX ? c->row[vm] : NULL;
    if (vm == VM_INDEX_MAX || (old && old->references == 1))
        return old ? &old->counted : NULL;
    struct counters_row *row = malloc(sizeof *row);
    if (!row)
        return NULL;
    *row = (struct counters_row){.references = 1};
    if (old)
        row->counted = old->counted;
    release(old);
    c->row[vm] = row;
    return &row->counted;
}

void counters_reset(struct counters *c)
{
    struct vm_path guest = c->multiplied.guest;
    for (u32 i = 0; i < c->index.count; i++)
        release(c->row[i]);
    memset(c, 0, sizeof *c);
    c->multiplied.guest = guest;
}

void counters_watch(struct counters *c, const struct vm_path *guest)
{
    c->multiplied.guest = *guest;
}

// ---- counting

static void count_cause(struct counted_cause *to, bool first, u32 cost, u32 so_far)
{
    to->count += first;
    to->cost += cost;
    if (so_far > to->most)
        to->most = so_far;
}

// A call of the firmware: an ecall from K. One from U would have been reflected, not emulated.
static bool is_firmware_call(const struct event *e)
{
    u32 cause = e->note.cause;
    bool ecall = cause == CAUSE_ECALL_U || cause == CAUSE_ECALL_K || cause == CAUSE_ECALL_VK;
    return e->note.kind == EVENT_FIRMWARE || (e->note.kind == EVENT_EMULATE && ecall);
}

// Under a VMM the pages of devices are not mapped, so an access to a device is a fault of which the
// VMM emulates the instruction.
static bool is_device_access(const struct event *e)
{
    switch (e->note.cause) {
    case CAUSE_LOAD_PAGE:
    case CAUSE_STORE_PAGE:
    case CAUSE_GUEST_LOAD_PAGE:
    case CAUSE_GUEST_STORE_PAGE:
        return e->note.kind == EVENT_DEVICE || e->note.kind == EVENT_EMULATE;
    default:
        return e->note.kind == EVENT_DEVICE;
    }
}

static void count_kind(struct counted *to, const struct event *e)
{
    to->firmware_calls += is_firmware_call(e);
    to->device_accesses += is_device_access(e);
    to->kind[e->note.kind]++;
    to->cost += e->cost;
    if (e->note.kind == EVENT_EMULATE && isa_decode(e->note.insn, false).insn == INSN_sfence_vma)
        to->sfences++;
}

// The kernel that ran took the trap by itself, so the trap is over at once. What comes next on the
// hart is the work of that kernel.
static void count_trap(struct counters *c, const struct event *e, struct counted *own)
{
    u32 index = counters_index(e->note.cause);
    c->exit[e->hart].open = false;
    count_cause(&c->all.trap[index], true, e->cost, e->cost);
    if (own)
        count_cause(&own->trap[index], true, e->cost, e->cost);
}

// An exit begins, or something is done about the one that is open.
static void count_exit(struct counters *c, const struct event *e, u32 vm)
{
    struct counters_exit *exit = &c->exit[e->hart];
    bool first = e->note.kind == EVENT_EXIT;
    if (first)
        *exit = (struct counters_exit){
            .open = true, .cause = (u8)counters_index(e->note.cause), .vm = vm};
    if (!exit->open)
        return;
    exit->cost += e->cost;
    count_cause(&c->all.exit[exit->cause], first, e->cost, exit->cost);
    struct counted *own = counted_of(c, exit->vm);
    if (own)
        count_cause(&own->exit[exit->cause], first, e->cost, exit->cost);
}

void counters_add(struct counters *c, const struct event *e)
{
    if (e->note.kind >= EVENT_KINDS || e->hart >= HARTS_MAX)
        return;
    multiply_add(&c->multiplied, e);
    u32 vm = vm_index_make(&c->index, &e->path);
    struct counted *own = counted_of(c, vm);
    count_kind(&c->all, e);
    if (own)
        count_kind(own, e);

    if (e->note.kind == EVENT_TRAP)
        count_trap(c, e, own);
    else
        count_exit(c, e, vm);
}

const struct counted *counters_of(const struct counters *c, const struct vm_path *path)
{
    u32 vm = vm_index_find(&c->index, path);
    return vm < VM_INDEX_MAX && c->row[vm] ? &c->row[vm]->counted : NULL;
}

// ---- going back

struct counters_mark *counters_mark(const struct counters *c)
{
    struct counters_mark *mark = malloc(sizeof *mark + c->index.count * sizeof mark->row[0]);
    if (!mark)
        return NULL;
    *mark =
        (struct counters_mark){.all = c->all, .multiplied = c->multiplied, .rows = c->index.count};
    memcpy(mark->exit, c->exit, sizeof mark->exit);
    for (u32 i = 0; i < mark->rows; i++) {
        mark->row[i] = c->row[i];
        if (mark->row[i])
            mark->row[i]->references++;
    }
    return mark;
}

void counters_return(struct counters *c, const struct counters_mark *mark)
{
    c->all = mark->all;
    c->multiplied = mark->multiplied;
    memcpy(c->exit, mark->exit, sizeof c->exit);
    for (u32 i = 0; i < c->index.count; i++) {
        struct counters_row *row = i < mark->rows ? mark->row[i] : NULL;
        if (row)
            row->references++;
        release(c->row[i]);
        c->row[i] = row;
    }
}

size_t counters_mark_bytes(const struct counters_mark *mark, const struct counters_mark *before)
{
    size_t bytes = sizeof *mark + mark->rows * sizeof mark->row[0];
    for (u32 i = 0; i < mark->rows; i++)
        if (mark->row[i] && !(before && i < before->rows && before->row[i] == mark->row[i]))
            bytes += sizeof *mark->row[i];
    return bytes;
}

void counters_mark_free(struct counters_mark *mark)
{
    for (u32 i = 0; mark && i < mark->rows; i++)
        release(mark->row[i]);
    free(mark);
}
