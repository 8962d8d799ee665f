// The T32 backend's own record: one hart, and its way into a guest and out again.
#ifndef HYPERVISOR_T32_HW_H
#define HYPERVISOR_T32_HW_H

#include "hypervisor/config.h"
#include "hypervisor/hw.h"

// The addresses that the trampoline's page can have: TRAMPOLINE_PAGES of them, between the board's
// devices, where there is neither RAM nor a register.
#define TRAMPOLINE_PAGES 4
#define TRAMPOLINE_FIRST 0x0fffc000u

// What the guest's registers on the hart hold (hypervisor/t32/guest_mode.c), and two of the VMM's
// own.
struct held_registers {
    u32 sstatus, stvec, sscratch, sepc, scause, stval, satp, hie, hvip, stimecmp, stimecmph;
    u32 own_status, scounteren;
};

// What a guest finds in the hart's hie, hvip and vstimecmp, and the MXR of whoever is above it.
struct guest_timer {
    u32 hie, hvip;
    u64 due;
    u32 mxr;
};

// A way into guest mode: the path, and its length from the reading of the counter.
struct guest_way {
    const u8 *path;
    u32 length;
};

// A guest that has the note of a trap of its own guest, as it was before its run.
struct watched {
    u32 scause, sepc; // before the run
    bool pending;     // an interrupt is pending
    bool due;         // an interrupt is pending, and the guest is open to it
    bool shut;        // none can come before the second instruction
};

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
    bool has_guest_mode;           // the hart has the hypervisor extension
    bool guest_mode;               // the hart is set up for runs in guest mode
    bool wants_user;               // but the next run is in U: hw_root was called
    bool shadowed;                 // and by guest_satp: what hw_nest_shadowed says
    bool flushes_guests;           // hw_nest_shadowed was called once
    u32 hgatp;                     // what the register holds
    u32 *nacl;                     // what it shares with the VMM below (nacl_guest.h), or NULL
    struct h_state *inner;         // of a guest with the extension (hw_nest_inner); else NULL
    struct guest_way way;
    struct held_registers held;
    struct watched watched;
};

// What a way into a guest returns, register by register, when it has come out again.
struct left {
    u32 at;          // the counter of instructions, as read on the way out
    u32 cause, tval; // of the trap
    u32 entered_at;  // the counter as read on the way in
};

// The same as the core wants it. `ways` is the number of instructions between the two readings that
// are not the guest's. The stval of an instruction that is refused is its word.
static inline struct hw_exit exit_of(const struct left *left, u32 ways)
{
    bool refused = left->cause == CAUSE_ILLEGAL || left->cause == CAUSE_VIRTUAL;
    return (struct hw_exit){
        .trapped = left->cause != CAUSE_TIMER,
        .ran = left->at - left->entered_at - ways,
        .trap = {.cause = left->cause, .tval = left->tval, .insn = refused ? left->tval : 0}};
}

// Sets up the hart: the VMM's own table, the trampoline, interrupts. Paging is on when it returns.
// `has_guest_mode` is what the board says of its harts.
void hw_start(struct hw *hw, const struct vmm_config *config, bool has_guest_mode);

// The disk (hypervisor/t32/disk.c).
u64 disk_sectors(void);
bool disk_transfer(u64 sector, void *bytes, bool write);

#endif
