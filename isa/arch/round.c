// Whose turn it is, by the rule of isa/arch/round.h.
// Read next: isa/arch/stuck.h.
#include "isa/arch/round.h"

#define NEVER UINT64_MAX

void round_reset(struct round *r)
{
    r->hart = 0;
    r->left = ROUND_INSTRUCTIONS;
}

void round_spend(struct round *r, u32 instructions)
{
    r->left -= instructions < r->left ? instructions : r->left;
}

void round_end_turn(struct round *r)
{
    r->left = 0;
}

static struct h_state *h_of(const struct round_harts *harts, u32 i)
{
    return harts->h ? harts->h[i] : NULL;
}

// Returns true if the hart can run. Wakes a parked hart that has a reason to go on.
static bool can_run(const struct round_harts *harts, u32 i)
{
    struct hart_state *s = harts->state[i];
    if (s->run == HART_PARKED && h_awake(s, h_of(harts, i), hart_time(s)))
        s->run = HART_RUNNING;
    return s->run == HART_RUNNING;
}

// Moves on to the first hart from r->hart on that can run. Returns false if the round is over.
static bool find_turn(struct round *r, const struct round_harts *harts)
{
    while (r->hart < harts->count) {
        if (r->left && can_run(harts, r->hart))
            return true;
        r->hart++;
        r->left = ROUND_INSTRUCTIONS;
    }
    return false;
}

// Raises the time of every started hart to `time`.
static void raise_times(const struct round_harts *harts, u64 time)
{
    for (u32 i = 0; i < harts->count; i++)
        if (harts->state[i]->run != HART_STOPPED && hart_time(harts->state[i]) < time)
            harts->state[i]->idle += time - hart_time(harts->state[i]);
}

// The latest time among the started harts. Sets *started to how many there are.
static u64 latest_time(const struct round_harts *harts, u32 *started)
{
    u64 latest = 0;
    *started = 0;
    for (u32 i = 0; i < harts->count; i++) {
        if (harts->state[i]->run == HART_STOPPED)
            continue;
        ++*started;
        if (hart_time(harts->state[i]) > latest)
            latest = hart_time(harts->state[i]);
    }
    return latest;
}

static bool any_can_run(const struct round_harts *harts)
{
    for (u32 i = 0; i < harts->count; i++)
        if (harts->state[i]->run == HART_RUNNING ||
            (harts->state[i]->run == HART_PARKED &&
             h_awake(harts->state[i], h_of(harts, i), hart_time(harts->state[i]))))
            return true;
    return false;
}

static u64 nearest_deadline(const struct round_harts *harts)
{
    u64 nearest = NEVER;
    for (u32 i = 0; i < harts->count; i++) {
        u64 deadline = h_deadline(harts->state[i], h_of(harts, i));
        if (harts->state[i]->run != HART_STOPPED && deadline < nearest)
            nearest = deadline;
    }
    return nearest;
}

enum round_state round_next(struct round *r, const struct round_harts *harts)
{
    while (!find_turn(r, harts)) {
        u32 started;
        u64 latest = latest_time(harts, &started);
        // The round is over. The next one begins with hart 0.
        round_reset(r);
        if (!started)
            return ROUND_EMPTY;
        // Harts that did less wait for the one that did most, so that all agree on the time.
        raise_times(harts, latest);
        // The later time may have made a timer due that somebody waits for.
        if (any_can_run(harts))
            continue;
        // Everybody waits in `wfi`: time jumps to the first moment at which a timer can wake one.
        u64 deadline = nearest_deadline(harts);
        if (deadline == NEVER)
            return ROUND_WAIT;
        raise_times(harts, deadline);
    }
    return ROUND_RUN;
}
