// Keeping snapshots within a budget. Read scenarios/script/past.h first.
// Read next: scenarios/script/predicate.h.
#include "scenarios/script/past.h"
#include "sim/state/tape.h"

#include <stdlib.h>
#include <string.h>

static void release(struct past *p, struct past_moment *m)
{
    p->bytes -= m->bytes;
    scenario_snapshot_free(m->snapshot);
    free(m->extra);
}

void past_cut(struct past *p, u32 count)
{
    while (p->count > count)
        release(p, &p->moment[--p->count]);
}

void past_free(struct past *p)
{
    past_cut(p, 0);
    free(p->moment);
    *p = (struct past){.budget = p->budget};
}

// What a moment takes beyond what it shares with the one before it.
static size_t bytes_of(const struct past *p, u32 index, size_t extra_bytes)
{
    const struct scenario_snapshot *before = index ? p->moment[index - 1].snapshot : NULL;
    return extra_bytes + scenario_snapshot_bytes(p->moment[index].snapshot, before);
}

// The one that is missed least: without it the gap between its neighbours is the smallest in
// relation to its age. The first and the last moment stay.
static u32 least_missed(const struct past *p)
{
    u32 least = 1;
    double smallest = 0;
    u64 now = p->moment[p->count - 1].steps;
    for (u32 i = 1; i + 1 < p->count; i++) {
        double gap = (double)(p->moment[i + 1].steps - p->moment[i - 1].steps);
        double ratio = gap / ((double)(now - p->moment[i].steps) + 1);
        if (i > 1 && ratio >= smallest)
            continue;
        smallest = ratio;
        least = i;
    }
    return least;
}

// The one behind it shares less now: what it shared with this one alone, it has to itself.
static void forget(struct past *p, u32 index, size_t extra_bytes)
{
    release(p, &p->moment[index]);
    p->count--;
    memmove(&p->moment[index], &p->moment[index + 1], (p->count - index) * sizeof p->moment[index]);
    struct past_moment *next = &p->moment[index];
    p->bytes -= next->bytes;
    next->bytes = bytes_of(p, index, extra_bytes);
    p->bytes += next->bytes;
}

bool past_add(struct past *p, struct scenario *sc, void *extra, size_t extra_bytes)
{
    struct past_moment *moments = tape_grow(p->moment, p->count, 1, &p->room, sizeof *moments);
    struct scenario_snapshot *snapshot = moments ? scenario_snapshot(sc) : NULL;
    if (moments)
        p->moment = moments;
    if (!snapshot) {
        free(extra);
        return false;
    }
    p->moment[p->count] =
        (struct past_moment){.steps = scenario_steps(sc), .snapshot = snapshot, .extra = extra};
    p->moment[p->count].bytes = bytes_of(p, p->count, extra_bytes);
    p->bytes += p->moment[p->count++].bytes;
    while (p->bytes > p->budget && p->count > 2)
        forget(p, least_missed(p), extra_bytes);
    return true;
}
