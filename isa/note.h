// The kinds of events in a run, and the note by which a VMM tells an observer of its own part in
// them. A note is only a claim of the VMM that makes it, about VMs below that VMM. The machine
// itself adds cycle, hart, level and path (sim/event.h). Freestanding, with a fixed layout: a VMM
// that is guest code passes a note in its own memory.
// Read next: sim/machine_config.h.
#ifndef ISA_NOTE_H
#define ISA_NOTE_H

#include "isa/types.h"

enum event_kind {
    // A trap was taken by the kernel that it belongs to, and no VMM had a part in it.
    EVENT_TRAP,
    // A trap took a hart out of a guest into the VMM. One of the next five follows, with the same
    // pc and cause. value: of a CSR instruction, its operand, as the machine itself saw it; of a
    // guest page fault, htval.
    EVENT_EXIT,
    // The VMM did what the instruction would have done: a CSR access, sret, wfi, sfence.vma, a call
    // of the firmware, an access to a device.
    EVENT_EMULATE,
    // A hidden fault: the shadow table lacked an entry that the guest's table has. addr: the gva;
    // value: the gpa
    // that the guest's table gives for it.
    EVENT_FILL,
    // The trap is the guest's own, and was delivered to its handler. cause: as the guest sees it.
    EVENT_REFLECT,
    // The exit was for the VMM's own sake: a quantum or a deadline is over, or a device of the
    // machine has called.
    EVENT_PREEMPT,
    // The VMM ended the guest: it powered off, or it can never go on. value: an enum power of
    // isa/board/board.h, or VM_STUCK.
    EVENT_KILL,
    EVENT_INJECT,   // a virtual interrupt was delivered; cause: its scause
    EVENT_SCHEDULE, // a VCPU got a hart; addr: its record, a hart_state first, in the VMM's memory
    EVENT_BLOCK,    // a VCPU gave its hart up with `wfi`
    EVENT_FIRMWARE, // the machine answered an SBI call; addr: extension; value: function
    // An access to a device. addr: its physical address; value: what was read or written; size in
    // bytes; write or not.
    EVENT_DEVICE,
    EVENT_CONSOLE,  // a byte of console output; value
    EVENT_INPUT,    // a byte of console input arrived; value
    EVENT_POWER,    // a machine or a guest went off; value: enum power
    EVENT_MARK,     // a scenario's own mark
    EVENT_ANNOUNCE, // a VMM started; addr: its records (hypervisor/vm.h) in its physical memory
    EVENT_KINDS
};

// How a VMM that is guest code passes a note: it executes slti x0, a0, 0x754 with the note's
// virtual address in a0. A write to x0 does nothing, so this is a no-op on every other RV32
// processor (a HINT; RISC-V Unprivileged Specification, section 2.9, leaves it to custom use).
#define NOTE_HINT_A0 0x75452013

struct note {
    u8 kind; // enum event_kind
    u8 mode; // the virtual mode (enum mode) of the VCPU before the event
    u8 vcpu; // its number in the VM
    u8 size; // bytes, of an access
    u16 vm;  // 1, 2, ... among the VMs of the VMM that makes the note; 0: none
    u8 write;
    u8 view;   // enum view: the shadow that the event is about
    u32 cause; // an scause value
    u32 pc;
    u32 addr;  // stval, or as the kind says
    u32 value; // as the kind says
    u32 insn;  // the instruction word, 0 if not known
};

#endif
