// Counting events. Read scenarios/counters.h first.
#include "scenarios/counters.h"

#include "isa/isa.h"

#include <string.h>

void counters_reset(struct counters *c)
{
    struct vm_path guest = c->multiplied.guest;
    memset(c, 0, sizeof *c);
    c->multiplied.guest = guest;
}

void counters_watch(struct counters *c, const struct vm_path *guest)
{
    c->multiplied.guest = *guest;
}

u32 counters_index(u32 cause)
{
    return (cause & 15) | (cause & CAUSE_INTERRUPT ? 16 : 0);
}

u32 counters_cause(u32 index)
{
    return (index & 15) | (index & 16 ? CAUSE_INTERRUPT : 0);
}

// The row of this VM, made if there is room; COUNTERS_VMS: there is not.
static u32 row_of(struct counters *c, const struct vm_path *path)
{
    u32 i = 0;
    while (i < c->vms && !vm_path_equal(&c->vm[i].path, path))
        i++;
    if (i == c->vms && i < COUNTERS_VMS) {
        c->vm[i].path = *path;
        c->vms++;
    }
    return i;
}

static void count_cause(struct counted *to, u8 index, bool first, u32 cost, u32 so_far)
{
    to->cause[index].count += first;
    to->cause[index].cost += cost;
    if (so_far > to->cause[index].most)
        to->cause[index].most = so_far;
}

static void count_kind(struct counted *to, const struct event *e)
{
    to->kind[e->note.kind]++;
    to->cost += e->cost;
    if (e->note.kind == EVENT_EMULATE && isa_decode(e->note.insn, false).insn == INSN_sfence_vma)
        to->sfences++;
}

void counters_add(struct counters *c, const struct event *e)
{
    if (e->note.kind >= EVENT_KINDS || e->hart >= HARTS_MAX)
        return;
    multiply_add(&c->multiplied, e);
    u32 row = row_of(c, &e->path);
    count_kind(&c->all, e);
    if (row < COUNTERS_VMS)
        count_kind(&c->vm[row].counted, e);

    bool first = e->note.kind == EVENT_TRAP || e->note.kind == EVENT_EXIT;
    if (first) {
        c->exit[e->hart].open = true;
        c->exit[e->hart].cause = (u8)counters_index(e->note.cause);
        c->exit[e->hart].cost = 0;
        c->exit[e->hart].vm = row;
    }
    if (!c->exit[e->hart].open)
        return;
    c->exit[e->hart].cost += e->cost;
    count_cause(&c->all, c->exit[e->hart].cause, first, e->cost, c->exit[e->hart].cost);
    if (c->exit[e->hart].vm < COUNTERS_VMS)
        count_cause(&c->vm[c->exit[e->hart].vm].counted, c->exit[e->hart].cause, first, e->cost, c->exit[e->hart].cost);
    // A bare kernel's trap is over at once: what comes next on the hart is the kernel's own doing.
    if (e->note.kind == EVENT_TRAP)
        c->exit[e->hart].open = false;
}

const struct counted *counters_of(const struct counters *c, const struct vm_path *path)
{
    for (u32 i = 0; i < c->vms; i++)
        if (vm_path_equal(&c->vm[i].path, path))
            return &c->vm[i].counted;
    return NULL;
}
