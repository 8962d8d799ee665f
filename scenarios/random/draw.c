// What a piece of a random program draws: registers, values, address spaces. Contracts:
// scenarios/random/gen.h.
#include "scenarios/random/gen.h"

u32 gen_register(struct program *p)
{
    return 1 + rng_below(&p->rng, 26);
}

u32 gen_source(struct program *p)
{
    return rng_percent(&p->rng, 90) ? rng_below(&p->rng, 27) : rng_below(&p->rng, 32);
}

u32 gen_value(struct program *p)
{
    static const u32 round[] = {0,          1,          2,          0x7fffffff, 0x80000000,
                                0xffffffff, 0xfffffffe, 0x0000ffff, 0x00ff00ff, 0x55555555};
    struct rng *r = &p->rng;
    switch (rng_below(r, 3)) {
    case 0:
        return RNG_PICK(r, round);
    case 1:
        return rng_below(r, 4096) - 2048;
    default:
        return (u32)rng_next(r);
    }
}

u32 gen_space(struct program *p)
{
    if (p->harts == 1)
        return rng_below(&p->rng, p->spaces);
    return p->hart ? 1 + p->hart : rng_below(&p->rng, 2);
}
