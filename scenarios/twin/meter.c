// Measuring what guests get, from border to border. Contracts: scenarios/twin/meter.h.
#include "scenarios/twin/meter.h"
#include "scenarios/twin/parts.h"

#include <stdlib.h>

// A run is cut into pieces, so that a guest that never traps cannot run far beyond its end.
#define PIECE 20000

struct meter *meter_new(struct world *world)
{
    if (world->guests > METER_GUESTS || machine_config(world->machine)->harts > 1)
        return NULL;
    struct meter *m = calloc(1, sizeof *m);
    if (!m)
        return NULL;
    m->world = world;
    m->current = METER_NOBODY;
    machine_watch_border(world->machine, true);
    return m;
}

void meter_free(struct meter *m)
{
    free(m);
}

void meter_watch(struct meter *m, u32 guest, gpa at)
{
    m->guest[guest].mark = at;
}

static u64 now(const struct meter *m)
{
    return machine_cycles(m->world->machine);
}

// ---- a guest enters U

// The guest whose frame pc is in. METER_NOBODY: the table maps nothing there, so nothing can run.
static u32 owner(const struct meter *m, gpa *where)
{
    const struct hart_state *hart = machine_hart(m->world->machine, 0);
    mpa at;
    if (sight_walk(m->world->machine, hart, VIEW_U, hart->pc, ACCESS_FETCH, &at))
        return METER_NOBODY;
    for (u32 i = 0; i < m->world->guests; i++) {
        const struct world_guest *g = &m->world->guest[i];
        if (g->is_vmm || at < g->ram_at || at - g->ram_at >= g->ram)
            continue;
        *where = at - g->ram_at + BOARD_RAM;
        return i;
    }
    return METER_NOBODY;
}

u64 meter_gap(const struct meter *m, u32 guest)
{
    const struct meter_guest *g = &m->guest[guest];
    u64 since = m->current == guest ? 0 : now(m) - g->left;
    return since > g->gap ? since : g->gap;
}

static void change(struct meter *m, u32 next)
{
    struct meter_guest *g = &m->guest[next];
    g->gap = meter_gap(m, next);
    g->begun = m->entered;
    m->current = next;
}

static void enter(struct meter *m)
{
    gpa where = 0;
    u32 guest = owner(m, &where);
    m->retired = machine_hart(m->world->machine, 0)->retired;
    m->entered = now(m);
    m->at_mark = false;
    m->in_guest = guest != METER_NOBODY;
    if (!m->in_guest)
        return;
    if (guest != m->current)
        change(m, guest);
    m->at_mark = where && where == m->guest[guest].mark;
}

// ---- a guest leaves U

// Books what the guest ran since it entered, or since this was done last.
static void book(struct meter *m)
{
    if (!m->in_guest)
        return;
    struct meter_guest *g = &m->guest[m->current];
    u64 ran = machine_hart(m->world->machine, 0)->retired - m->retired;
    m->retired += ran;
    g->ran += ran;
    g->left = now(m);
    if (g->left - g->begun > g->longest)
        g->longest = g->left - g->begun;
    // A guest that leaves again without an instruction has not arrived yet.
    if (m->at_mark && ran && g->arrivals < METER_ARRIVALS)
        g->arrival[g->arrivals++] = m->entered;
    m->at_mark = m->at_mark && !ran;
}

static void leave(struct meter *m, const struct hart_exit *exit)
{
    book(m);
    if (m->in_guest)
        m->guest[m->current].exits += exit->taken;
    m->in_guest = false;
}

// ----

bool meter_run(struct meter *m, u64 steps, u64 until)
{
    struct machine *machine = m->world->machine;
    u64 end = machine_steps(machine) + steps;
    while (machine_steps(machine) < end && now(m) < until) {
        u64 left = end - machine_steps(machine);
        m->stop = machine_run(machine, left < PIECE ? left : PIECE);
        const struct border *border = machine_border(machine);
        if (border->kind == BORDER_ENTERED)
            enter(m);
        else if (border->kind == BORDER_LEFT)
            leave(m, &border->exit);
        else if (m->stop != STOP_STEPS && m->stop != STOP_ASKED)
            return false;
    }
    book(m);
    return true;
}
