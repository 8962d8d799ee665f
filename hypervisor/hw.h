// The VMM's whole contract with hardware. The core is written against this one screen; a backend
// provides it, chosen at link time: hw_sim.c (the VMM as native code beside the simulated
// hardware), t32/ (the VMM as T32 code in mode K), a scripted fake in the tests. The guest is
// *called*: hw_run returns when something happened.
//
// One `struct hw` a hart; the backend defines it. The core runs on one hart at a time (a backend
// with several harts at once takes a lock when hw_run returns). Addresses are machine addresses;
// the core keeps no pointer from hw_page longer than a turn (hypervisor/vmm.h).
#ifndef HYPERVISOR_HW_H
#define HYPERVISOR_HW_H

#include "isa/arch/hart.h"
#include "isa/note.h"

struct hw;
struct vmm_config;

struct hw_exit {
    bool trapped; // false: `limit` instructions were run, or the backend wants the core to look
                  // around (nothing happened to the guest)
    u32 cause; // scause of the real trap
    u32 tval;  // its stval
    u32 insn;  // the word at pc where the backend knows it (illegal instruction), else 0
    u32 ran;   // guest instructions retired directly on the hart
};

// A backend that is guest code itself needs one page in every address space, for the way into the
// VMM and out again. K-only, so a guest that touches it faults, and then it moves: an instruction
// needs at most two pages, so some third one can always be given up for a while.
struct hw_keep {
    gva page;
    u32 spte; // the entry that must map it; 0: this backend needs none
};

// Runs the guest whose registers and pc are in `guest`, in real mode U under the current root,
// until it traps or `limit` (1 or more) of its instructions have retired: exactly then. x, pc are
// updated; nothing else of `guest` is read or written.
void hw_run(struct hw *hw, struct hart_state *guest, u32 limit, struct hw_exit *exit);

void *hw_page(struct hw *hw, mpa address); // the bytes there, up to the end of the page, to read
                                           // and write; until this turn is over
const void *hw_look(struct hw *hw, mpa address); // the same, to read only: of guest pages, so that
                                                 // what the hardware keeps of code there stays good

void hw_root(struct hw *hw, u32 satp); // translate by this shadow root from the next hw_run on:
                                       // mode, real ASID and page, as satp has them
struct hw_keep hw_keep(struct hw *hw); // the page that every shadow must have for the backend
void hw_move(struct hw *hw, gva busy,
             gva also_busy); // keep another page from now on, neither of these two
void hw_flush(struct hw *hw, u32 asid, const gva *va); // forget this address, or all (NULL), of a
                                                       // real ASID (0: of all), on every hart
void hw_unreserve(struct hw *hw); // end this hart's LR/SC reservation, as DMA does

u64 hw_now(struct hw *hw);              // machine time, ticks
void hw_idle(struct hw *hw, u64 until); // nothing to run before `until` (all ones: a kick)
void hw_kick(struct hw *hw, u32 hart);  // make another hart look around
u32 hw_hart(struct hw *hw);             // which hart this is

void hw_console(struct hw *hw, u32 vm, u8 byte); // a byte of a VM's console
int hw_input(struct hw *hw, u32 vm);             // the next byte for its console, or -1
bool hw_called(struct hw *hw);         // has input come, for whomever, since this was asked last?
u64 hw_sectors(struct hw *hw, u32 vm); // size of its disk, 512-byte sectors; 0: none
bool hw_block(struct hw *hw, u32 vm, u64 sector, void *bytes, bool write);
void hw_off(struct hw *hw, u32 why,
            u32 code); // power off the machine: enum power of isa/board/board.h

const struct vmm_config *hw_config(
    struct hw *hw); // which guests to run, and how (hypervisor/config.h)
void hw_note(struct hw *hw, const struct note *note); // tell an observer; never changes behaviour

#endif
