// The wires between a VM's board and the hardware.
#ifndef HYPERVISOR_DEVICE_H
#define HYPERVISOR_DEVICE_H

#include "hypervisor/turn.h"
#include "isa/access.h"

// Returns the wires of the board of the VM whose turn it is. They are valid during this turn.
struct board_wires device_wires(struct turn *t);

// To be called after an access to the VM's board: passes the board's interrupt lines on to the
// VCPUs.
void device_lines(struct turn *t);
// To be called when console input may have come for the VM.
void device_input(struct turn *t);
// Puts the board of a new VM into its state after power-on.
void device_reset(struct turn *t);

// Moves bytes between *value and the device at this address. Returns false if the device refuses
// the access.
bool device_move(struct turn *t, struct isa_access access, gpa address, u32 *value);

#endif
