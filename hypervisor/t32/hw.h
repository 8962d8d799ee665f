// The T32 backend's own record: one hart, its kept page, its way back.
#ifndef HYPERVISOR_T32_HW_H
#define HYPERVISOR_T32_HW_H

#include "hypervisor/config.h"
#include "hypervisor/hw.h"

#define KEEPS 4                // addresses the kept page can have
#define KEEP_FIRST 0x0fffc000u // between the board's devices, where neither RAM nor a register is
#define UART_AT 0x10000000u
#define PLIC_AT 0x0c000000u
#define DISK_AT 0x10001000u

struct hw {
    const struct vmm_config *config;
    u32 place; // where the kept page is: which of the KEEPS
    struct hw_keep keep;
    u32 enter;        // where the trampoline is entered there
    u32 guest_satp;   // the shadow in force
    u32 idle;         // time - instret, low word; changes only in hw_idle (virtual clock)
    u32 stop_high;    // what stimecmph holds
    u32 high, low;    // time, when it was last known
    bool wall;        // the clock is VMM_CLOCK_WALL
    u32 way_in;       // ticks that getting into the guest takes, as far as known (wall clock)
    bool listening;   // to the UART's interrupt
    bool called;      // it came
    bool choosing;    // the next byte of input names a guest
    u32 chosen;       // whom input is for: index among the guests
    bool enlightened; // the VMM below carries out a whole switch in one call
    const struct hart_state *last; // the VCPU that ran last: another one ends the reservation
};

// Sets up the hart: the VMM's own table, the kept page, interrupts. Paging is on when it returns.
void hw_start(struct hw *hw, const struct vmm_config *config);

// The disk (hypervisor/t32/disk.c).
u64 disk_sectors(void);
bool disk_transfer(u64 sector, void *bytes, bool write);

#endif
