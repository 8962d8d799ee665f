// Random numbers for the generator: splitmix64 (Steele, Lea, Flood 2014). The same seed gives
// the same program on every host.
#ifndef RANDOM_RNG_H
#define RANDOM_RNG_H

#include "isa/types.h"

struct rng {
    u64 state;
};

static inline u64 rng_next(struct rng *r)
{
    u64 z = (r->state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

// Returns a number from 0 to n - 1.
static inline u32 rng_below(struct rng *r, u32 n)
{
    return (u32)((rng_next(r) >> 32) * n >> 32);
}

static inline bool rng_percent(struct rng *r, u32 percent)
{
    return rng_below(r, 100) < percent;
}

// One of the elements of an array.
#define RNG_PICK(r, array) ((array)[rng_below(r, sizeof(array) / sizeof *(array))])

#endif
