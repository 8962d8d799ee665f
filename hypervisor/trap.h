// What an exit means. A trap comes in, a handler deals with it, and what came of it goes out: a
// verdict, with a cause and a value. Only vcpu.c acts on that, and observers are told each one.
#ifndef HYPERVISOR_TRAP_H
#define HYPERVISOR_TRAP_H

#include "hypervisor/turn.h"

enum verdict {
    RESUME,  // the exit was for the VMM's own sake: go on at the same pc
    FILL,    // a hidden fault: the shadow has the entry now, so try the instruction again
    ADVANCE, // emulated: the instruction is done, counts as retired, go on behind it
    JUMP,    // emulated, and pc is already where it should be (sret)
    REFLECT, // the trap is the guest's own: deliver it to the guest's handler
    BLOCK,   // emulated `wfi` or a stop by the firmware: done, but the VCPU does not go on now
    HALT,    // the VM has come to its end: pc stays, and vm->life says why
};

// An exit on its way through the VMM.
struct outcome {
    // It begins as the trap that the hardware reported. A handler that reflects may make it the one
    // that the guest must see instead. Otherwise tval may become what observers should be told:
    // the gpa of an access to a device, or the extension of a call of the firmware.
    struct trap trap;
    // For observers alone. A handler may set `value` (FILL: the gpa; a device: what was read or
    // written; a call: its function), and for an access to a device `size` and `write`.
    struct note note;
};

// Deals with one exit of the VCPU whose turn it is. Registers, CSRs, devices and shadows are
// changed as the verdict says; to move pc and to count the instruction is left to vcpu.c.
enum verdict trap_handle(struct turn *t, struct outcome *out);

// ---- the handlers to which the table in trap.c leads, each in a file of its own

// emulate.c: an illegal instruction in real U.
enum verdict emulate_privileged(struct turn *t, struct outcome *out);
// device.c: an access to a gpa that is not RAM: a device, or nothing at all, which is an access
// fault.
enum verdict device_or_fault(struct turn *t, struct outcome *out, gpa address, enum access access);
// firmware.c: an ecall from virtual K.
enum verdict firmware_ecall(struct turn *t, struct outcome *out);

#endif
