// The VMM's whole contract with hardware, on one screen. The core is written against this header
// alone. A backend provides these functions, and the linker chooses it: native/hw_sim.c (the VMM as
// native code beside the simulated machine), t32/ (the VMM as T32 code in mode K), or the scripted
// hardware of the tests. The guest is *called*: hw_run returns when something happened.
//
// A backend defines `struct hw`, one for each hart. The core runs on one hart at a time. Addresses
// are machine addresses. A pointer from hw_page is good until the turn is over (hypervisor/turn.h).
// Read next: hypervisor/native/hw_sim.c.
#ifndef HYPERVISOR_HW_H
#define HYPERVISOR_HW_H

#include "isa/arch/h_extension.h"
#include "isa/note.h"

struct hw;
struct vmm_config;

// A trap that took the hart out of a guest: what the hardware says of it.
struct trap {
    u32 cause, tval; // scause and stval of the real hart
    u32 insn; // the word at pc if the backend knows it (that of CAUSE_ILLEGAL always), else 0
};

// Why hw_run returned.
struct hw_exit {
    bool trapped; // false: `limit` instructions ran, or the backend asks the core to look around
    bool paused;  // short of `limit`, because somebody who watches the hardware wants to look
    bool caught;  // guest mode: the guest's own trap changed nothing, so it cannot go on by itself
    u32 ran;      // guest instructions that retired directly on the hart
    u32 own;      // guest mode: traps that the guest took without leaving the hart, if known
    bool took;    // after hw_nest_inner: the guest took such a trap, known or not how many
    struct trap trap;
};

// A backend that is guest code itself needs one page in every address space, for its way into a
// guest and out again. The page is K-only, so a guest that touches it faults. Then the trampoline
// moves: one instruction needs at most two pages, so a third page can always be given up.
struct hw_trampoline {
    gva page;
    u32 spte; // the entry that must map the page; 0: this backend needs none
};

// Runs the guest in real mode U under the current root, until it traps or exactly `limit` (1 or
// more) of its instructions have retired. Updates x and pc of *guest; all else there stays as it
// is. A backend may read guest->mode, to tell observers in which virtual mode the guest ran, and
// it may take the machine address of *guest for the name of the VCPU, since the hart's LR/SC
// reservation must end when another VCPU runs on it. After a pause the core does nothing but
// call it again, with what is left of the limit: to be watched must not change what a VMM does.
void hw_run(struct hw *hw, struct hart_state *guest, u32 limit, struct hw_exit *exit);

// Does the hardware have guest mode, that is, the hypervisor extension and a backend that uses it?
bool hw_has_guest_mode(struct hw *hw);
// Guest mode: from the next hw_run on the guest runs in its own virtual mode, with a second stage
// of translation by hgatp. It takes its own traps and interrupts, and `limit` counts those traps,
// too. hw_run brings all of *guest to the hart, and afterwards brings back what has changed.
// hw_root ends guest mode.
void hw_nest(struct hw *hw, u32 hgatp);
// Guest mode without a second stage: the hart translates by this shadow root (as in hw_root), and
// not by the guest's satp. The guest's accesses to its satp, its fences, and its page faults are
// exits. hw_flush forgets translations of this kind, too.
void hw_nest_shadowed(struct hw *hw, u32 satp);
// Guest mode for a guest that has the extension itself. What the hart may let it do is written as
// in the registers of these names. While guest->virt is set, hw_run takes the guest's interrupts,
// timer, delta of time and MXR from *h, the guest's own state of the extension, and brings them
// back there.
struct hw_inner {
    u32 hgatp, hstatus, hedeleg, hideleg, hcounteren, henvcfgh;
    struct h_state *h; // as a pointer from hw_page
    bool virt;         // guest->virt of the next hw_run
};
void hw_nest_inner(struct hw *hw, const struct hw_inner *inner);
// The guest page fault for which hw_run has just returned, as the registers of these names have it.
struct hw_guest_fault {
    u32 htval, htinst;
};
struct hw_guest_fault hw_guest_fault(struct hw *hw);
// Forgets what guests of this VMID translated: an address, or all (NULL), in an ASID of the guest,
// or in every one (NULL), on every hart. With both NULL the second stage is forgotten, too.
void hw_flush_guest(struct hw *hw, u32 vmid, const gva *va, const u32 *asid);

// The bytes at this address, up to the end of their page, to read and write.
void *hw_page(struct hw *hw, mpa address);
// The same bytes to read alone. Hardware that keeps decoded code of that page may go on using it.
const void *hw_page_to_read(struct hw *hw, mpa address);

// From the next hw_run on the hart translates by this shadow root: mode, real ASID and page number
// as in satp.
void hw_root(struct hw *hw, u32 satp);
// Forgets an address, or all (NULL), in a real ASID (0: in every one), on every hart.
void hw_flush(struct hw *hw, u32 asid, const gva *va);
// The trampoline's page now, which every shadow in force must map.
struct hw_trampoline hw_trampoline(struct hw *hw);
// Moves the trampoline to a page that is neither of these two.
void hw_move_trampoline(struct hw *hw, gva busy, gva also_busy);
// Ends this hart's LR/SC reservation, as DMA to memory does.
void hw_end_reservation(struct hw *hw);

// The machine's time, in ticks.
u64 hw_now(struct hw *hw);
// There is nothing to run on this hart before `until` (all ones: before another hart or input).
void hw_idle(struct hw *hw, u64 until);
// Makes the hw_run or hw_idle of another hart return, so that its VMM looks around.
void hw_kick(struct hw *hw, u32 hart);
// The number of this hart, 0 and up.
u32 hw_hart(struct hw *hw);

// A byte goes to the console of a VM (numbered from 1).
void hw_console(struct hw *hw, u32 vm, u8 byte);
// The next byte of its input, or -1.
int hw_input(struct hw *hw, u32 vm);
// Has input come for any VM since the last call of this function?
bool hw_input_came(struct hw *hw);
// The size of its disk in sectors of 512 bytes; 0: it has none.
u64 hw_sectors(struct hw *hw, u32 vm);
// Reads or writes one sector. False: the disk refused.
bool hw_block(struct hw *hw, u32 vm, u64 sector, void *bytes, bool write);
// Switches the machine off; `why` is an enum power (isa/board/board.h).
void hw_off(struct hw *hw, u32 why, u32 code);

// Which guests to run, and how (hypervisor/config.h).
const struct vmm_config *hw_config(struct hw *hw);
// Tells an observer. It never changes what the VMM does.
void hw_note(struct hw *hw, const struct note *note);

#endif
