// The VMM's whole contract with hardware, on one screen. The core is written against this header
// alone. A backend provides these functions, and the linker chooses it: native/hw_sim.c (the VMM as
// native code beside the simulated machine), t32/ (the VMM as T32 code in mode K), or the scripted
// hardware of the tests. The guest is *called*: hw_run returns when something happened.
//
// A backend defines `struct hw`, one for each hart. The core runs on one hart at a time.
// Addresses are machine addresses. A pointer from hw_page is valid until the turn is over
// (hypervisor/turn.h).
// Read next: hypervisor/native/hw_sim.c.
#ifndef HYPERVISOR_HW_H
#define HYPERVISOR_HW_H

#include "isa/arch/h_extension.h"
#include "isa/note.h"

struct hw;
struct vmm_config;

// A trap that took the hart out of a guest, as the hardware reports it.
struct trap {
    u32 cause, tval; // scause and stval of the real hart
    u32 insn;        // the word at pc if the backend knows it (always for CAUSE_ILLEGAL), else 0
};

// Why hw_run returned.
struct hw_exit {
    bool trapped; // false: `limit` instructions ran, or the backend wants the core to look around
    bool paused;  // the run ended before `limit`, because an observer of the hardware wants to look
    bool caught;  // guest mode: the guest's own trap changed nothing, so the guest cannot go on by
                  // itself
    u32 ran;      // guest instructions that retired directly on the hart
    u32 own;      // guest mode: how many traps the guest took without leaving the hart, if known
    bool took;    // after hw_nest_inner: the guest took at least one such trap
    struct trap trap;
};

// A backend that is guest code itself needs one page in every address space, the trampoline, by
// which it enters a guest and leaves it again. The page is K-only, so a guest that touches it
// faults. The VMM then moves the trampoline to another page. That is always possible, because
// one instruction needs at most two pages.
struct hw_trampoline {
    gva page;
    u32 spte; // the entry that must map the page; 0: this backend needs none
};

// Runs the guest in real mode U under the current root, until it traps or exactly `limit` (1 or
// more) of its instructions have retired. Updates x and pc of *guest; all other fields stay as
// they are. A backend may read guest->mode, to tell observers in which virtual mode the guest
// ran. It may use the machine address of *guest as the name of the VCPU, because the hart's
// LR/SC reservation must end when another VCPU runs. After a pause the core does nothing but
// call hw_run again, with the rest of the limit: an observer must not change what a VMM does.
void hw_run(struct hw *hw, struct hart_state *guest, u32 limit, struct hw_exit *exit);

// Returns true if the hardware has guest mode: the hypervisor extension, and a backend that uses
// it.
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
// Guest mode for a guest that has the extension itself. The registers of these names say what
// the hart may let the guest do. While guest->virt is set, hw_run takes the guest's interrupts,
// timer, delta of time and MXR from *h, which is the guest's own state of the extension, and
// writes them back there.
struct hw_inner {
    u32 hgatp, hstatus, hedeleg, hideleg, hcounteren, henvcfgh;
    struct h_state *h; // as a pointer from hw_page
    bool virt;         // guest->virt of the next hw_run
};
void hw_nest_inner(struct hw *hw, const struct hw_inner *inner);
// Returns the values that the registers of these names have after the guest page fault for which
// hw_run has just returned.
struct hw_guest_fault {
    u32 htval, htinst;
};
struct hw_guest_fault hw_guest_fault(struct hw *hw);
// Forgets translations that guests of this VMID made, on every hart: of one address, or of all
// (NULL); in one ASID of the guest, or in every one (NULL). If both are NULL, the second stage
// is forgotten, too.
void hw_flush_guest(struct hw *hw, u32 vmid, const gva *va, const u32 *asid);

// Returns the bytes at this address, up to the end of their page, to read and write.
void *hw_page(struct hw *hw, mpa address);
// The same, for reading alone. Hardware that keeps decoded code of that page may go on using
// that code.
const void *hw_page_to_read(struct hw *hw, mpa address);

// From the next hw_run on the hart translates by this shadow root: mode, real ASID and page number
// as in satp.
void hw_root(struct hw *hw, u32 satp);
// Forgets an address, or all (NULL), in a real ASID (0: in every one), on every hart.
void hw_flush(struct hw *hw, u32 asid, const gva *va);
// Returns the present page of the trampoline. Every shadow in force must map this page.
struct hw_trampoline hw_trampoline(struct hw *hw);
// Moves the trampoline to a page that is neither of these two.
void hw_move_trampoline(struct hw *hw, gva busy, gva also_busy);
// Ends this hart's LR/SC reservation, as DMA to memory does.
void hw_end_reservation(struct hw *hw);

// Returns the machine's time in ticks.
u64 hw_now(struct hw *hw);
// To be called when there is nothing to run on this hart before `until` (all ones: before
// another hart or input gives it work).
void hw_idle(struct hw *hw, u64 until);
// Makes hw_run or hw_idle of another hart return, so that the VMM on that hart looks around.
void hw_kick(struct hw *hw, u32 hart);
// Returns the number of this hart, from 0.
u32 hw_hart(struct hw *hw);

// Writes a byte to the console of a VM (VMs are numbered from 1).
void hw_console(struct hw *hw, u32 vm, u8 byte);
// Returns the next byte of the VM's input, or -1.
int hw_input(struct hw *hw, u32 vm);
// Returns true if input has come for any VM since the last call of this function.
bool hw_input_came(struct hw *hw);
// Returns the size of the VM's disk in sectors of 512 bytes, or 0 if it has no disk.
u64 hw_sectors(struct hw *hw, u32 vm);
// Reads or writes one sector. Returns false if the disk refuses.
bool hw_block(struct hw *hw, u32 vm, u64 sector, void *bytes, bool write);
// Switches the machine off; `why` is an enum power (isa/board/board.h).
void hw_off(struct hw *hw, u32 why, u32 code);

// Returns which guests to run, and how (hypervisor/config.h).
const struct vmm_config *hw_config(struct hw *hw);
// Tells an observer. It never changes what the VMM does.
void hw_note(struct hw *hw, const struct note *note);

#endif
