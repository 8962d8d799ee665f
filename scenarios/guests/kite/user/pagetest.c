// pagetest: memory that was promised comes when it is touched. It is zero, or what the program
// file says.
#include "scenarios/guests/kite/user/test.h"

#define PAGE 4096u
#define MEGABYTE 0x100000u

static u32 zeros[4 * PAGE / 4];
static u32 numbers[3 * PAGE / 4] = {[0] = 11, [PAGE / 4] = 22, [2 * PAGE / 4 + 5] = 33};

static bool from_the_file(void)
{
    u32 sum = 0;
    for (u32 i = 0; i < sizeof zeros / 4; i++)
        sum |= zeros[i];
    bool ok = check(sum == 0, "page: bss is zero");
    return ok & check(numbers[0] == 11 && numbers[PAGE / 4] == 22 &&
                          numbers[2 * PAGE / 4 + 5] == 33 && numbers[7] == 0,
                      "page: data is what the file says");
}

static bool lazy_heap(void)
{
    u8 *heap = sbrk(MEGABYTE);
    i32 before = memory();
    u32 sum = 0;
    for (u32 at = 0; heap && at < MEGABYTE; at += MEGABYTE / 16) {
        sum |= heap[at];
        heap[at] = 1;
    }
    i32 cost = memory() - before; // 16 pages, and perhaps a page table
    bool ok = check(heap && sum == 0 && cost >= 16 && cost <= 18,
                    "sbrk: a megabyte costs what is touched of it, and is zero");
    sbrk(-(i32)MEGABYTE);
    ok &= check(memory() <= before + 2, "sbrk: given back, it costs nothing");
    u8 *again = sbrk((i32)PAGE);
    return ok & check(again && again[0] == 0, "sbrk: taken again, it is zero again");
}

static bool refused(void)
{
    return check(!sbrk(0x7fffffff) && !sbrk(-0x7fffffff) && sbrk(0),
                 "sbrk: no more than there is room, no less than nothing");
}

static i32 beyond_the_heap(void)
{
    u8 *end = sbrk(0);
    end = (u8 *)(((u32)end + PAGE - 1) & ~(PAGE - 1));
    *(volatile u8 *)end = 1;
    return 0;
}

static u32 __attribute__((noinline)) deep(u32 levels)
{
    volatile u32 space[60];
    space[0] = levels;
    return levels == 0 ? 0 : deep(levels - 1) + (space[0] == levels);
}

static i32 deep_enough(void)
{
    return deep(700) == 700 ? 0 : 1; // some 180 KiB of stack
}

static i32 too_deep(void)
{
    return (i32)deep(1000000);
}

int main(void)
{
    bool ok = from_the_file();
    ok &= lazy_heap();
    ok &= refused();
    ok &= check(in_child(beyond_the_heap) == WAIT_FAULT + 15,
                "page: beyond the heap's end is a store page fault");
    ok &= check(in_child(deep_enough) == 0, "page: the stack grows");
    ok &= check(in_child(too_deep) == WAIT_FAULT + 15, "page: but not without end");
    return ok ? 0 : FAILED;
}
