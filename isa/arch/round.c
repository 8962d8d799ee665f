// Whose turn it is, by the rule of isa/arch/round.h. Read next: isa/arch/stuck.h.
#include "isa/arch/round.h"

#define NEVER UINT64_MAX

void round_reset(struct round *r)
{
    r->turn = 0;
    r->left = ROUND_STEPS;
}

void round_spend(struct round *r, u32 steps)
{
    r->left -= steps < r->left ? steps : r->left;
}

// Can the hart run? A parked hart that has a reason to go on is woken.
static bool can_run(struct hart_state *h)
{
    if (h->run == HART_PARKED && hart_awake(h, hart_time(h)))
        h->run = HART_RUNNING;
    return h->run == HART_RUNNING;
}

// Moves on to the first hart from r->turn on that can run. Returns false if the round is over.
static bool find_turn(struct round *r, struct hart_state *const harts[], u32 count)
{
    while (r->turn < count) {
        if (r->left && can_run(harts[r->turn]))
            return true;
        r->turn++;
        r->left = ROUND_STEPS;
    }
    return false;
}

// Raises the time of every started hart to `time`.
static void raise_times(struct hart_state *const harts[], u32 count, u64 time)
{
    for (u32 i = 0; i < count; i++)
        if (harts[i]->run != HART_STOPPED && hart_time(harts[i]) < time)
            harts[i]->idle += time - hart_time(harts[i]);
}

// The latest time among the started harts. Sets *started to how many there are.
static u64 latest_time(struct hart_state *const harts[], u32 count, u32 *started)
{
    u64 latest = 0;
    *started = 0;
    for (u32 i = 0; i < count; i++) {
        if (harts[i]->run == HART_STOPPED)
            continue;
        ++*started;
        if (hart_time(harts[i]) > latest)
            latest = hart_time(harts[i]);
    }
    return latest;
}

static bool any_can_run(struct hart_state *const harts[], u32 count)
{
    for (u32 i = 0; i < count; i++)
        if (harts[i]->run == HART_RUNNING ||
            (harts[i]->run == HART_PARKED && hart_awake(harts[i], hart_time(harts[i]))))
            return true;
    return false;
}

static u64 nearest_deadline(struct hart_state *const harts[], u32 count)
{
    u64 nearest = NEVER;
    for (u32 i = 0; i < count; i++)
        if (harts[i]->run != HART_STOPPED && hart_deadline(harts[i]) < nearest)
            nearest = hart_deadline(harts[i]);
    return nearest;
}

enum round_state round_next(struct round *r, struct hart_state *const harts[], u32 count)
{
    while (!find_turn(r, harts, count)) {
        u32 started;
        u64 latest = latest_time(harts, count, &started);
        round_reset(r);
        if (!started)
            return ROUND_EMPTY;
        raise_times(harts, count, latest);
        if (any_can_run(harts, count))
            continue;
        u64 deadline = nearest_deadline(harts, count);
        if (deadline == NEVER)
            return ROUND_WAIT;
        raise_times(harts, count, deadline);
    }
    return ROUND_RUN;
}
