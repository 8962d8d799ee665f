// Division as RV32M has it: nothing traps; by zero, and on overflow, it has results of its own
// (Unprivileged Specification, table 7.1).
#ifndef SIM_ENGINE_ARITH_H
#define SIM_ENGINE_ARITH_H

#include "isa/types.h"

static inline u32 divide_signed(u32 a, u32 b)
{
    if (b == 0)
        return 0xffffffffu;
    if (a == 0x80000000u && b == 0xffffffffu)
        return a;
    return (u32)((i32)a / (i32)b);
}

static inline u32 remainder_signed(u32 a, u32 b)
{
    if (b == 0)
        return a;
    if (a == 0x80000000u && b == 0xffffffffu)
        return 0;
    return (u32)((i32)a % (i32)b);
}

static inline u32 divide(u32 a, u32 b)
{
    return b ? a / b : 0xffffffffu;
}

static inline u32 remainder_of(u32 a, u32 b)
{
    return b ? a % b : a;
}

#endif
