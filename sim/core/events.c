// The event stream: names, listeners, stamps. Contracts: sim/event.h and sim/machine.h.
#include "sim/core/core.h"

#include <stdio.h>
#include <string.h>

static const char *const names[EVENT_KINDS] = {
    [EVENT_TRAP] = "trap",       [EVENT_EXIT] = "exit",         [EVENT_EMULATE] = "emulate",
    [EVENT_FILL] = "fill",       [EVENT_REFLECT] = "reflect",   [EVENT_PREEMPT] = "preempt",
    [EVENT_KILL] = "kill",       [EVENT_INJECT] = "inject",     [EVENT_SCHEDULE] = "schedule",
    [EVENT_BLOCK] = "block",     [EVENT_FIRMWARE] = "firmware", [EVENT_DEVICE] = "device",
    [EVENT_CONSOLE] = "console", [EVENT_INPUT] = "input",       [EVENT_POWER] = "power",
    [EVENT_MARK] = "mark",       [EVENT_ANNOUNCE] = "announce",
};

const char *event_kind_name(unsigned kind)
{
    return kind < EVENT_KINDS ? names[kind] : "?";
}

int event_kind_find(const char *name)
{
    for (int i = 0; i < EVENT_KINDS; i++)
        if (!strcmp(names[i], name))
            return i;
    return -1;
}

unsigned vm_path_length(const struct vm_path *path)
{
    unsigned n = 0;
    while (n < EVENT_DEPTH && path->id[n])
        n++;
    return n;
}

bool vm_path_equal(const struct vm_path *a, const struct vm_path *b)
{
    return !memcmp(a, b, sizeof *a);
}

char *vm_path_print(const struct vm_path *path, char *to, size_t size)
{
    size_t at = 0;
    if (size)
        snprintf(to, size, "m");
    for (unsigned i = 0; i < vm_path_length(path) && at < size; i++)
        at += (size_t)snprintf(to + at, size - at, i ? ".%u" : "g%u", path->id[i]);
    return to;
}

int machine_listen(struct machine *m, u32 mask, event_listener *fn, void *context)
{
    for (int i = 0; i < LISTENERS_MAX; i++) {
        if (m->listeners[i].mask || !mask)
            continue;
        m->listeners[i] = (struct listener){mask, fn, context};
        m->listened |= mask;
        if (i >= m->listeners_end)
            m->listeners_end = i + 1;
        return i;
    }
    return -1;
}

void machine_unlisten(struct machine *m, int id)
{
    if (id < 0 || id >= LISTENERS_MAX)
        return;
    m->listeners[id] = (struct listener){0};
    m->listened = 0;
    m->listeners_end = 0;
    for (int i = 0; i < LISTENERS_MAX; i++) {
        m->listened |= m->listeners[i].mask;
        if (m->listeners[i].mask)
            m->listeners_end = i + 1;
    }
}

void machine_mute(struct machine *m, bool mute)
{
    m->listened = 0;
    for (int i = 0; i < m->listeners_end && !mute; i++)
        m->listened |= m->listeners[i].mask;
}

bool machine_listened(const struct machine *m, enum event_kind kind)
{
    return m->listened & EVENT_BIT(kind);
}

// The level of a trap is the level of the guest that trapped. The level of any other event is
// the level of the VMM that tells it, one level above the VM.
static u8 level_of(const struct vm_path *path, const struct note *note)
{
    unsigned length = vm_path_length(path);
    bool of_guest = note->kind == EVENT_TRAP || note->kind == EVENT_EXIT;
    return (u8)(length && !of_guest ? length - 1 : length);
}

// ---- one event after the other

static void tell_all(struct machine *m, const struct event *e)
{
    for (int i = 0; i < m->listeners_end; i++)
        if (m->listeners[i].mask & EVENT_BIT(e->note.kind))
            m->listeners[i].fn(m->listeners[i].context, e);
}

// Keeps an event until the present one is told. Only a listener that sends an event itself comes
// here. Without memory the event is lost.
static void keep_for_later(struct later *l, const struct event *e)
{
    struct event *events = tape_grow(l->events, l->count, 1, &l->capacity, sizeof *events);
    if (!events)
        return;
    l->events = events;
    l->events[l->count++] = *e;
}

// A listener may itself send an event. If that event was told at once, the listeners behind this
// one would hear the younger event first.
static void tell_in_order(struct machine *m, const struct event *e)
{
    m->telling = true;
    tell_all(m, e);
    for (size_t i = 0; i < m->later.count; i++) {
        struct event next = m->later.events[i]; // the array may move while the event is told
        tell_all(m, &next);
    }
    m->later.count = 0;
    m->telling = false;
}

void event_send(struct hart *h, const struct vm_path *path, const struct note *note, u32 cost)
{
    event_send_stay(h, path, note, NULL, (struct stay){0}, cost);
}

void event_send_stay(struct hart *h, const struct vm_path *path, const struct note *note,
                     const struct vm_path *by, struct stay stay, u32 cost)
{
    struct event e = {.note = *note};
    if (path)
        e.path = *path;
    if (by)
        e.by = *by;
    event_post(h, &e, stay, cost);
}

void event_post(struct hart *h, struct event *e, struct stay stay, u32 cost)
{
    struct machine *m = h->machine;
    e->seq = m->core.seq - 1; // event_wanted has counted this one already
    e->cycle = hart_cycles(h);
    e->retired = h->state.retired;
    e->steps = m->core.steps;
    e->charged = h->extra.cost;
    e->cost = cost;
    e->ran = stay.ran;
    e->ran_cost = stay.cost;
    e->hart = (u8)h->number;
    e->real_mode = h->state.mode;
    e->level = level_of(&e->path, &e->note);
    e->unused = 0;
    e->unused_too = 0;
    if (m->telling)
        keep_for_later(&m->later, e);
    else
        tell_in_order(m, e);
}

void machine_tell(struct machine *m, u32 hart, const struct vm_path *path, const struct note *note,
                  u32 cost)
{
    if (note->kind < EVENT_KINDS && event_wanted(m, note->kind))
        event_send(&m->hart[hart], path, note, cost);
}
