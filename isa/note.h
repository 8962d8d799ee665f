// What can be told about a run: the kinds of events, and the note by which a VMM tells an observer
// of its own part in them. A note is only a claim by whoever makes it, about VMs below it; the
// machine itself adds cycle, hart, level and path (sim/event.h). Freestanding, fixed layout: a VMM
// that is guest code passes one in its own memory.
#ifndef ISA_NOTE_H
#define ISA_NOTE_H

#include "isa/types.h"

enum event_kind {
    EVENT_TRAP, // a trap taken by the kernel it belongs to: bare, no VMM involved
    EVENT_EXIT, // a trap that took a hart out of a guest into the VMM; one of the next five
                // follows, with the same pc and cause
    EVENT_EMULATE, // the VMM did what the instruction would have done (CSR, sret, wfi, sfence.vma,
                   // SBI call, device access)
    EVENT_FILL, // hidden fault: the shadow table lacked an entry that the guest has; addr: gva,
                // value: the shadow PTE
    EVENT_REFLECT, // the trap is the guest's own: delivered to its handler; cause: as the guest
                   // sees it
    EVENT_PREEMPT, // the exit was for the VMM's own sake: a quantum or a deadline is over, a device
                   // of the machine called
    EVENT_KILL, // the VMM ended the guest: it powered off, or can never go on; value: enum power of
                // isa/board/board.h or VM_STUCK
    EVENT_INJECT,   // a virtual interrupt was delivered; cause: its scause
    EVENT_SCHEDULE, // a VCPU got a hart; addr: its record (struct hart_state first) in the VMM's
                    // memory
    EVENT_BLOCK,    // a VCPU gave its hart up: `wfi`
    EVENT_FIRMWARE, // the machine answered an SBI call; addr: extension, value: function
    EVENT_DEVICE, // an access to a device; addr: physical address, value: what was read or written,
                  // size in bytes, write or not
    EVENT_CONSOLE,  // a byte of console output; value
    EVENT_INPUT,    // a byte of console input arrived; value
    EVENT_POWER,    // a machine, or a guest, went off; value: enum power
    EVENT_MARK,     // a scenario's own mark
    EVENT_ANNOUNCE, // a VMM started; addr: where its records are (hypervisor/vm.h), in its own
                    // physical memory
    EVENT_KINDS
};

// How a VMM that is guest code tells a note: slti x0, a0, 0x754, with the note's virtual address in
// a0. A write to x0 does nothing, so for every guest and on every other RV32 processor this is a
// no-op (a HINT; RISC-V Unprivileged Specification, section 2.9, leaves it to custom use).
#define NOTE_HINT_A0 0x75452013

struct note {
    u8 kind; // enum event_kind
    u8 mode; // virtual mode (enum mode) of the VCPU before the event
    u8 vcpu; // of the VM
    u8 size; // bytes, of an access
    u16 vm;  // 1, 2, ... among the VMs of whoever tells; 0: none
    u8 write;
    u8 view;   // enum view: which shadow was concerned
    u32 cause; // an scause value
    u32 pc;
    u32 addr;  // stval, or as the kind says
    u32 value; // as the kind says
    u32 insn;  // the instruction word, 0 if not known
};

#endif
