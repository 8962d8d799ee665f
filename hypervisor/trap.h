// What an exit means, and what to do about it.
#ifndef HYPERVISOR_TRAP_H
#define HYPERVISOR_TRAP_H

#include "hypervisor/vm.h"

// A trap on its way: as the hardware told it; a handler that reflects may make it the trap the guest must see instead.
struct trapped {
    u32 cause, tval;
    u32 insn;       // the instruction concerned, where it is known
    struct note tell; // what observers will be told: a handler may fill in addr, value, size, write, view
};

// Deals with one exit of the VCPU in t. Registers, CSRs, devices and shadows are changed as the verdict says; pc and
// the retired count are the caller's to move.
enum verdict trap_handle(const struct turn *t, struct trapped *trap);

// ---- the handlers that trap.c's table leads to, a chapter each

// emulate.c: an illegal instruction in real U
enum verdict emulate_privileged(const struct turn *t, struct trapped *trap);
// device.c: a load or store to a gpa that is not RAM
enum verdict device_access(const struct turn *t, struct trapped *trap, gpa address);
enum verdict firmware_ecall(const struct turn *t, struct trapped *trap);      // firmware.c: an ecall from virtual K

#endif
