// A window on the physical memory of a VM, as seen from the machine: the memory maps on the way
// there, from the VMM on the machine inwards. Each map lies in the memory of its VMM, so it is read
// through the maps before it. The machine's own memory needs no map.
//
//     machine <-- map of L0 for its VM <-- map of L1 for its VM ... <-- a physical address there
//
// Below the machine every map may be hostile data. A walk of hostile maps always ends, and it
// never leads out of the machine's RAM.
// Read next: hypervisor/native/window.c.
#ifndef HYPERVISOR_NATIVE_WINDOW_H
#define HYPERVISOR_NATIVE_WINDOW_H

#include "hypervisor/vm.h"
#include "sim/machine.h"

struct window {
    unsigned maps;
    gpa map[EVENT_DEPTH]; // their roots
    u32 size;             // bytes from BOARD_RAM on
};

struct window window_of_machine(const struct machine *m);
// The window of a VM, whose VMM has the memory behind `host`. Returns false if the VM's record
// cannot be right.
bool window_inside(const struct window *host, const struct vm *vm, struct window *inner);

// Finds the machine address of one byte. Returns false if the VM has no RAM there.
bool window_at(struct machine *m, const struct window *w, gpa address, mpa *at);
// Copies bytes. Returns false if the VM has no RAM at one of them; the copy then has no meaning.
bool window_read(struct machine *m, const struct window *w, gpa address, void *to, u32 bytes);

#endif
