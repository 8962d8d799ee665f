// What gdb sees of a world. Each VCPU of each guest is a thread, with the registers and the
// memory that its guest believes in. A guest inside a guest is a guest like any other. Nothing
// in this file changes the world.
// Read next: ui/terminal/target.h.
#ifndef UI_GDB_TARGET_H
#define UI_GDB_TARGET_H

#include "scenarios/world/edit.h"
#include "scenarios/world/world.h"

// The numbers of registers in the protocol. After the pc come the CSRs, each at REGISTER_CSR +
// its number, and the privilege mode: 0 is U, 1 is K.
enum { REGISTER_PC = 32, REGISTER_CSR = 65, REGISTER_PRIVILEGE = REGISTER_CSR + 4096 };

// Returns the number of a thread, which is from 1 as gdb wants it: guest * HARTS_MAX + vcpu + 1.
u32 target_thread(u32 guest, u32 vcpu);
// Returns the thread after this one (0: the first thread) that exists now, or 0 if there is
// none. A VCPU exists from the moment on at which the VMM above it has made its record.
u32 target_next_thread(struct world *w, u32 thread);
bool target_vcpu(struct world *w, u32 thread, struct observed_vcpu *v);
// Writes the text of this thread for `info threads`: "g1.1/v0 bob, virtual K".
void target_describe(struct world *w, u32 thread, char *to, size_t size);

// Reads a register of this thread. Returns false if there is no such register.
bool target_register(struct world *w, u32 thread, u32 number, u32 *value);
// Reads up to `count` bytes as the VCPU would read them now. Returns how many bytes could be
// read, from the first one on.
u32 target_read(struct world *w, u32 thread, gva address, void *to, u32 count);

// Sets in `e` the guest and the VCPU of this thread. Returns false if there is no such thread.
bool target_edit(const struct world *w, u32 thread, struct edit *e);

// Returns the description of the registers that gdb asks for (manual of gdb, appendix G),
// malloc'ed. Returns NULL if there is no memory.
char *target_xml(const struct world *w);

#endif
