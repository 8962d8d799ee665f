// Time on the hart of the T32 backend. Contracts: hypervisor/t32/timer.h.
// Read next: hypervisor/t32/nacl_guest.c.
#include "hypervisor/t32/timer.h"
#include "hypervisor/t32/csr.h"

#define STOP_MARGIN 0x400000u // more than the VMM ever executes between two runs

// Two readings, one instruction apart. Time runs ahead of instret by what the machine idled.
static u32 measure_idle(void)
{
    u32 time, instret;
    __asm__ volatile("csrr %0, time\n\tcsrr %1, instret" : "=&r"(time), "=r"(instret));
    return time - (instret - 1);
}

void timer_read(struct hw *hw)
{
    u32 high;
    do {
        high = CSR_GET(timeh);
        hw->low = CSR_GET(time);
    } while (high != CSR_GET(timeh));
    hw->high = high;
    hw->idle = measure_idle();
}

u64 hw_now(struct hw *hw)
{
    timer_note(hw, CSR_GET(time));
    return (u64)hw->high << 32 | hw->low;
}

static void put_stop_high(struct hw *hw, u32 high)
{
    if (high == hw->stop_high)
        return;
    CSR_PUT(stimecmph, high);
    hw->stop_high = high;
}

void timer_set(struct hw *hw, u64 until)
{
    CSR_PUT(stimecmp, (u32)until);
    put_stop_high(hw, (u32)(until >> 32));
}

// The high word of stimecmp is set ahead of the path whose length is counted. So the low word must
// not carry between now and the stop. If it would, the VMM waits until it has: once in 2^32 ticks.
void timer_plan(struct hw *hw, u32 run)
{
    while (hw->low + run + STOP_MARGIN < hw->low)
        hw_now(hw);
    put_stop_high(hw, hw->high);
}

u32 timer_after_instret(struct hw *hw, u32 way, u32 run)
{
    if (hw->wall)
        return (u32)hw_now(hw) + hw->way_in + run - CSR_GET(instret);
    return hw->idle + way + run;
}

void timer_was_short(struct hw *hw, u32 way)
{
    hw->way_in += hw->way_in + way;
}
