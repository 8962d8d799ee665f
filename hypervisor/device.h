// The wires between a VM's board and the hardware.
#ifndef HYPERVISOR_DEVICE_H
#define HYPERVISOR_DEVICE_H

#include "hypervisor/vm.h"

// Good while *t is.
struct board_wires device_wires(const struct turn *t);

// The VM's board was touched: passes its interrupt lines on to the VCPUs.
void device_lines(const struct turn *t);
// Console input may have come.
void device_input(const struct turn *t);
void device_reset(const struct turn *t);

#endif
