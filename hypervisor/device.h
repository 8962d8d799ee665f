// The wires between a VM's board and the hardware.
#ifndef HYPERVISOR_DEVICE_H
#define HYPERVISOR_DEVICE_H

#include "hypervisor/turn.h"
#include "isa/access.h"

// What the board of the VM whose turn it is is wired to. Good for this turn.
struct board_wires device_wires(struct turn *t);

// The VM's board was touched: passes its interrupt lines on to the VCPUs.
void device_lines(struct turn *t);
// Console input may have come for the VM.
void device_input(struct turn *t);
// The board of a new VM, as after power-on.
void device_reset(struct turn *t);

// Moves bytes between *value and the device at this address. Returns false if it refuses.
bool device_move(struct turn *t, struct isa_access access, gpa address, u32 *value);

#endif
