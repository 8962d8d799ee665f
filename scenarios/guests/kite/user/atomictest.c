// atomictest: the A and M extensions do what the manual says, also on pages that are shared
// copy-on-write.
#include "scenarios/guests/kite/user/test.h"

static u32 word;

// There is a function for each AMO, since its operands must be written into the instruction.
#define AMO(name)                                                                            \
    static u32 do_##name(u32 *at, u32 x)                                                     \
    {                                                                                        \
        u32 old;                                                                             \
        __asm__ volatile(#name ".w %0, %2, (%1)" : "=&r"(old) : "r"(at), "r"(x) : "memory"); \
        return old;                                                                          \
    }
AMO(amoswap)
AMO(amoadd)
AMO(amoxor)
AMO(amoand)
AMO(amoor)
AMO(amomin)
AMO(amomax)
AMO(amominu)
AMO(amomaxu)

static const struct {
    u32 (*amo)(u32 *at, u32 x);
    u32 before, x, after;
} amos[] = {
    {do_amoswap, 5, 9, 9},
    {do_amoadd, 0xffffffff, 2, 1},
    {do_amoxor, 0xf0f0, 0xff00, 0x0ff0},
    {do_amoand, 0xf0f0, 0xff00, 0xf000},
    {do_amoor, 0xf0f0, 0xff00, 0xfff0},
    {do_amomin, 0xfffffffe, 1, 0xfffffffe},
    {do_amomax, 0xfffffffe, 1, 1},
    {do_amominu, 0xfffffffe, 1, 1},
    {do_amomaxu, 0xfffffffe, 1, 0xfffffffe},
};

static bool each_amo(void)
{
    bool all = true;
    for (u32 i = 0; i < sizeof amos / sizeof amos[0]; i++) {
        word = amos[i].before;
        all &= amos[i].amo(&word, amos[i].x) == amos[i].before && word == amos[i].after;
    }
    return check(all, "atomic: each AMO gives the old value and stores the new");
}

// One LR/SC round. Returns 0 if the store was done.
static u32 try_add(u32 *at, u32 x)
{
    u32 failed;
    __asm__ volatile("lr.w %0, (%1)\n\tadd %0, %0, %2\n\tsc.w %0, %0, (%1)"
                     : "=&r"(failed)
                     : "r"(at), "r"(x)
                     : "memory");
    return failed;
}

static bool reserved(void)
{
    u32 failed = 1;
    word = 0;
    for (u32 i = 0; i < 1000; i++)
        while (try_add(&word, 3))
            ;
    bool ok = check(word == 3000, "atomic: LR and SC add up");
    __asm__ volatile("sc.w %0, zero, (%1)" : "=&r"(failed) : "r"(&word) : "memory");
    return ok & check(failed != 0 && word == 3000,
                      "atomic: SC without a reservation fails and stores nothing");
}

static i32 child_adds(void)
{
    while (try_add(&word, 1))
        ;
    do_amoadd(&word, 10);
    return word == 3011 ? 0 : 1;
}

// A division by zero does not trap: it has defined results. The compiler must not know the
// operands, or it would compute what C leaves undefined.
static i32 divide(i32 a, i32 b)
{
    i32 quotient;
    __asm__ volatile("div %0, %1, %2" : "=r"(quotient) : "r"(a), "r"(b));
    return quotient;
}

static i32 remainder(i32 a, i32 b)
{
    i32 rest;
    __asm__ volatile("rem %0, %1, %2" : "=r"(rest) : "r"(a), "r"(b));
    return rest;
}

static bool division(void)
{
    const i32 least = (i32)0x80000000u;
    bool ok = divide(1, 0) == -1 && remainder(7, 0) == 7;
    ok &= divide(least, -1) == least && remainder(least, -1) == 0;
    ok &= divide(7, -2) == -3 && remainder(7, -2) == 1 && remainder(-7, 2) == -1;
    return check(ok, "divide: by zero, overflow, signs");
}

int main(void)
{
    bool ok = each_amo();
    ok &= reserved();
    ok &= check(in_child(child_adds) == 0 && word == 3000,
                "atomic: on a shared page, the writer gets its own");
    ok &= division();
    return ok ? 0 : FAILED;
}
