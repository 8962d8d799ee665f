// The T32 backend's own record: one hart, and its way into a guest and out again.
#ifndef HYPERVISOR_T32_HW_H
#define HYPERVISOR_T32_HW_H

#include "hypervisor/config.h"
#include "hypervisor/hw.h"

// The addresses that the trampoline's page can have: TRAMPOLINE_PAGES of them, between the board's
// devices, where there is neither RAM nor a register.
#define TRAMPOLINE_PAGES 4
#define TRAMPOLINE_FIRST 0x0fffc000u

struct hw {
    const struct vmm_config *config;
    u32 page_index; // which of the TRAMPOLINE_PAGES the trampoline's page has now
    struct hw_trampoline trampoline;
    u32 enter;        // the address at which the trampoline is entered there
    u32 guest_satp;   // the shadow in force
    u32 idle;         // time - instret, low word; changes only in hw_idle (virtual clock)
    u32 stop_high;    // what stimecmph holds
    u32 high, low;    // time, when it was last known
    bool wall;        // the clock is VMM_CLOCK_WALL
    u32 way_in;       // ticks that it takes to get into the guest, as far as known (wall clock)
    bool listening;   // the UART's interrupt is enabled
    bool input_came;  // it came, and the core has not asked since
    bool choosing;    // the next byte of input names a guest
    u32 chosen;       // the guest that gets input: its index
    bool enlightened; // the VMM below carries out a whole switch in one call
    const struct hart_state *last; // the VCPU that ran last: another one ends the reservation
};

// Sets up the hart: the VMM's own table, the trampoline, interrupts. Paging is on when it returns.
void hw_start(struct hw *hw, const struct vmm_config *config);

// The disk (hypervisor/t32/disk.c).
u64 disk_sectors(void);
bool disk_transfer(u64 sector, void *bytes, bool write);

#endif
