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
    p->extra_free(m->extra);
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
    p->moment = NULL;
    p->room = 0;
}

// Charges a moment with what it takes beyond what it shares with the one before it.
static void charge(struct past *p, u32 index)
{
    struct past_moment *m = &p->moment[index], *before = index ? m - 1 : NULL;
    p->bytes -= m->bytes;
    m->bytes = sizeof *m + p->extra_bytes(m->extra, before ? before->extra : NULL) +
               scenario_snapshot_bytes(m->snapshot, before ? before->snapshot : NULL);
    p->bytes += m->bytes;
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
static void forget(struct past *p, u32 index)
{
    release(p, &p->moment[index]);
    p->count--;
    memmove(&p->moment[index], &p->moment[index + 1], (p->count - index) * sizeof p->moment[index]);
    charge(p, index);
}

u32 past_until(const struct past *p, u64 steps, u32 resumes)
{
    u32 count = p->count;
    for (; count; count--) {
        const struct past_moment *m = &p->moment[count - 1];
        if (m->steps < steps || (m->steps == steps && m->resumes <= resumes))
            break;
    }
    return count;
}

bool past_add(struct past *p, const struct past_moment *m)
{
    struct past_moment *moments = tape_grow(p->moment, p->count, 1, &p->room, sizeof *moments);
    if (!moments)
        return false;
    p->moment = moments;
    u32 at = past_until(p, m->steps, m->resumes);
    memmove(&p->moment[at + 1], &p->moment[at], (p->count - at) * sizeof *m);
    p->moment[at] = *m;
    p->moment[at].bytes = 0;
    p->count++;
    charge(p, at);
    if (at + 1 < p->count)
        charge(p, at + 1);
    while (p->bytes > p->budget && p->count > 2)
        forget(p, least_missed(p));
    return true;
}
