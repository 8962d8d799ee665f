// The VMM as native code beside the simulated hardware: the usual L0. Host-side; owns mode K of a machine through its monitor hook.
#ifndef HYPERVISOR_NATIVE_H
#define HYPERVISOR_NATIVE_H

#include "hypervisor/config.h"
#include "sim/machine.h"

struct native;

// Starts the VMM on the machine (copies config). All of the VMM's own data lies in the machine's RAM at config->memory_at, so the machine's
// snapshots hold it. NULL and a message if the configuration does not fit the machine.
struct native *native_new(struct machine *m, const struct vmm_config *config, char *error, size_t error_size);
void native_free(struct native *n); // before machine_free

// The VMM's memory that `guests` guests of this RAM need at least, in bytes (multiple of 4096).
u32 native_memory_need(u32 guests, u32 ram_each);

#endif
