// What gdb sees of a world: each VCPU of each guest is a thread, with the registers and the memory
// that its guest believes in. A guest inside a guest is a guest like any other. Nothing here
// changes the world.
// Read next: ui/terminal/target.h.
#ifndef UI_GDB_TARGET_H
#define UI_GDB_TARGET_H

#include "scenarios/world/edit.h"
#include "scenarios/world/world.h"

// Numbers of registers in the protocol. After the pc come the CSRs, each at REGISTER_CSR + its
// number, and the privilege: 0 U, 1 K.
enum { REGISTER_PC = 32, REGISTER_CSR = 65, REGISTER_PRIVILEGE = REGISTER_CSR + 4096 };

// A thread is a number from 1, as in gdb: guest * HARTS_MAX + vcpu + 1.
u32 target_thread(u32 guest, u32 vcpu);
// The thread after this one that exists now (0: the first). 0: there is none. A VCPU exists as soon
// as the VMM above it has made its record.
u32 target_next_thread(struct world *w, u32 thread);
bool target_vcpu(struct world *w, u32 thread, struct observed_vcpu *v);
// "g1.1/v0 bob, virtual K", for `info threads`.
void target_describe(struct world *w, u32 thread, char *to, size_t size);

// False: there is no such register, or this VCPU does not have it.
bool target_register(struct world *w, u32 thread, u32 number, u32 *value);
// Reads up to `count` bytes as the VCPU would now. Returns how many could be read from the first
// on.
u32 target_read(struct world *w, u32 thread, gva address, void *to, u32 count);

// Makes an edit one of this thread's VCPU. False: there is no such thread.
bool target_edit(const struct world *w, u32 thread, struct edit *e);

// The description of the registers that gdb asks for (manual of gdb, appendix G), malloc'ed. The
// CSRs of the hypervisor extension are in it if any VCPU of this world has the extension. NULL: out
// of memory.
char *target_xml(const struct world *w);

#endif
