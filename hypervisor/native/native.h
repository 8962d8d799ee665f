// The VMM as native code beside the simulated hardware: the usual L0. It is host code, and it owns
// mode K of a machine through the machine's monitor hook (sim/machine.h).
#ifndef HYPERVISOR_NATIVE_NATIVE_H
#define HYPERVISOR_NATIVE_NATIVE_H

#include "hypervisor/config.h"
#include "sim/machine.h"

struct native;

// Starts the VMM on the machine; config is copied. All of the VMM's own data lies in the machine's
// RAM at config->memory_at, so the machine's snapshots hold it. Returns NULL, and says why in
// `error`, if the configuration does not fit the machine.
struct native *native_new(struct machine *m, const struct vmm_config *config, char *error,
                          size_t error_size);
void native_free(struct native *n); // before machine_free

// Returns how many bytes of memory a VMM with `guests` guests of `ram_each` bytes should have,
// so that it seldom must drop shadows.
u32 native_memory_need(u32 guests, u32 ram_each);
// The bytes that it needs in addition for each guest of technique `assist`: a root of 16 KiB,
// aligned.
#define NATIVE_ASSIST_BYTES (7u * 4096)

#endif
