// What an exit means, and what to do about it.
#ifndef HYPERVISOR_TRAP_H
#define HYPERVISOR_TRAP_H

#include "hypervisor/vm.h"

// A trap on its way is the note that observers will be told of it. At first it says what the
// hardware told: cause, addr (stval), insn (where it is known). A handler that reflects may make it
// the trap the guest must see instead; any other may fill in addr, value, size, write, view.

// Deals with one exit of the VCPU in t. Registers, CSRs, devices and shadows are changed as the
// verdict says; pc and the retired count are the caller's to move.
enum verdict trap_handle(const struct turn *t, struct note *trap);

// ---- the handlers that trap.c's table leads to, a chapter each

// emulate.c: an illegal instruction in real U
enum verdict emulate_privileged(const struct turn *t, struct note *trap);
// device.c: a load or store to a gpa that is not RAM
enum verdict device_access(const struct turn *t, struct note *trap, gpa address);
enum verdict firmware_ecall(const struct turn *t,
                            struct note *trap); // firmware.c: an ecall from virtual K

#endif
