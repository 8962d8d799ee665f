// Snapshots of a run. Read ui/gdb/past.h first.
#include "ui/gdb/past.h"

bool past_begin(struct past *p, struct machine *m)
{
    *p = (struct past){.machine = m, .moments = 1, .furthest = machine_steps(m)};
    p->moment[0].steps = machine_steps(m);
    p->moment[0].snapshot = machine_snapshot(m);
    return p->moment[0].snapshot;
}

void past_end(struct past *p)
{
    for (u32 i = 0; i < p->moments; i++)
        snapshot_free(p->moment[i].snapshot);
    for (u32 i = 0; i < p->forks; i++)
        snapshot_free(p->fork[i].snapshot);
    p->moments = p->forks = 0;
}

static void forget(struct past *p, u32 index)
{
    snapshot_free(p->moment[index].snapshot);
    for (u32 i = index; i + 1 < p->moments; i++)
        p->moment[i] = p->moment[i + 1];
    p->moments--;
}

// Makes room for one more: every second snapshot goes but the first, so the distances double.
static void thin(struct past *p)
{
    for (u32 i = 1; i < p->moments; i++)
        forget(p, i);
}

// Takes a snapshot if the run is far enough behind the latest. There are none later than now: a run
// that went back has forgotten them (past_go).
static void remember(struct past *p)
{
    u64 now = machine_steps(p->machine);
    if (now < p->moment[p->moments - 1].steps + PAST_EVERY)
        return;
    if (p->moments == PAST_MOST)
        thin(p);
    struct snapshot *s = machine_snapshot(p->machine);
    if (!s)
        return; // without it the way back takes longer, and that is all
    p->moment[p->moments].steps = now;
    p->moment[p->moments++].snapshot = s;
}

// The first fork after this moment. All ones: there is none.
static u64 next_fork(const struct past *p, u64 steps)
{
    for (u32 i = 0; i < p->forks; i++)
        if (p->fork[i].steps > steps)
            return p->fork[i].steps;
    return UINT64_MAX;
}

// If the run was changed at the moment that it has come to, it is changed again.
static void fork_again(struct past *p)
{
    for (u32 i = 0; i < p->forks; i++)
        if (p->fork[i].steps == machine_steps(p->machine))
            machine_restore(p->machine, p->fork[i].snapshot);
}

// A change at the moment of an earlier one, or before it, takes the place of that one.
bool past_can_fork(const struct past *p)
{
    u64 now = machine_steps(p->machine);
    return p->forks < PAST_FORKS || p->fork[p->forks - 1].steps >= now;
}

bool past_fork(struct past *p)
{
    u64 now = machine_steps(p->machine);
    while (p->forks && p->fork[p->forks - 1].steps >= now)
        snapshot_free(p->fork[--p->forks].snapshot);
    // A snapshot of this very moment does not have the change.
    while (p->moments > 1 && p->moment[p->moments - 1].steps >= now)
        forget(p, p->moments - 1);
    struct snapshot *s = machine_snapshot(p->machine);
    p->furthest = now;
    if (!s)
        return false;
    p->fork[p->forks].steps = now;
    p->fork[p->forks++].snapshot = s;
    return true;
}

enum stop past_run(struct past *p, u64 steps)
{
    u64 end = machine_steps(p->machine) + steps;
    enum stop stop = STOP_STEPS;
    while (stop == STOP_STEPS && machine_steps(p->machine) < end) {
        u64 now = machine_steps(p->machine), fork = next_fork(p, now);
        u64 left = (fork < end ? fork : end) - now;
        bool again = now < p->furthest;
        if (again && left > p->furthest - now)
            left = p->furthest - now;
        machine_mute(p->machine, again);
        stop = machine_run(p->machine, left < PAST_EVERY ? left : PAST_EVERY);
        if (machine_steps(p->machine) == now && stop == STOP_STEPS)
            break;
        if (machine_steps(p->machine) > now)
            fork_again(p);
        remember(p);
    }
    machine_mute(p->machine, false);
    if (machine_steps(p->machine) > p->furthest)
        p->furthest = machine_steps(p->machine);
    return stop;
}

u64 past_before(const struct past *p, u64 steps)
{
    u32 i = p->moments - 1;
    while (i && p->moment[i].steps >= steps)
        i--;
    return p->moment[i].steps;
}

void past_go(struct past *p, u64 steps)
{
    u32 i = p->moments - 1;
    while (i && p->moment[i].steps > steps)
        i--;
    while (p->moments > i + 1)
        forget(p, p->moments - 1);
    machine_restore(p->machine, p->moment[i].snapshot);
    fork_again(p);
    if (steps > machine_steps(p->machine))
        past_run(p, steps - machine_steps(p->machine));
}
