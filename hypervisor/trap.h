// What an exit means. A trap comes in, and a handler deals with it. The handler's result is a
// verdict, with a cause and a value. Only vcpu.c acts on verdicts, and observers are told each
// one.
#ifndef HYPERVISOR_TRAP_H
#define HYPERVISOR_TRAP_H

#include "hypervisor/turn.h"

enum verdict {
    RESUME,  // the exit was only for the VMM itself: go on at the same pc
    FILL,    // a hidden fault: the shadow has the entry now, so try the instruction again
    ADVANCE, // emulated: the instruction is done and counts as retired, so go on behind it
    JUMP,    // emulated, and pc is already right (sret)
    REFLECT, // the trap is the guest's own: deliver it to the guest's handler
    BLOCK,   // emulated `wfi` or a stop by the firmware: done, but the VCPU does not go on now
    HALT,    // the VM has come to its end: pc stays, and vm->life says why
};

// An exit on its way through the VMM.
struct outcome {
    // At first, the trap that the hardware reported. A handler that reflects may change it into
    // the trap that the guest must see. A handler with another verdict may set tval to what
    // observers should be told: the gpa of an access to a device, or the extension of a call of
    // the firmware.
    struct trap trap;
    // For observers alone. A handler may set `value`: for FILL the gpa, for a device what was
    // read or written, for a call its function. For an access to a device it may also set `size`
    // and `write`.
    struct note note;
};

// Handles one exit of the VCPU whose turn it is. Registers, CSRs, devices and shadows are
// changed as the verdict says. Only vcpu.c moves pc and counts the instruction.
enum verdict trap_handle(struct turn *t, struct outcome *out);

// ---- the handlers to which the table in trap.c leads, each in a file of its own

// emulate.c: handles an illegal instruction in real U.
enum verdict emulate_privileged(struct turn *t, struct outcome *out);
// device.c: handles an access to a gpa that is not RAM. It is a device, or there is nothing at
// all, which is an access fault.
enum verdict device_or_fault(struct turn *t, struct outcome *out, gpa address, enum access access);
// firmware.c: handles an ecall from virtual K.
enum verdict firmware_ecall(struct turn *t, struct outcome *out);

#endif
