// What the files of the native backend share: its own record of a hart, and guest mode on it.
#ifndef HYPERVISOR_NATIVE_GUEST_MODE_H
#define HYPERVISOR_NATIVE_GUEST_MODE_H

#include "hypervisor/config.h"
#include "hypervisor/hw.h"
#include "sim/machine.h"

struct hw {
    struct native *native;
    u32 hart;
    u64 budget; // machine steps that are left before the machine wants its hart back
    struct hw_guest_fault fault; // of the last trap
    struct h_state *inner;       // of a guest that has the extension itself; else NULL
    bool shadowed;               // guest mode by hw_nest_shadowed
    bool idle;                   // the core has called hw_idle since then
};

struct native {
    struct machine *m;
    mpa vmm;
    struct vmm_config *config;
    struct hw hw[HARTS_MAX];
};

// A guest is about to run in guest mode: its registers come to the hart, which is `real`.
void guest_mode_load(struct hw *hw, struct hart_state *real, const struct hart_state *guest);
// It has run: they go back to its record.
void guest_mode_save(struct hw *hw, const struct hart_state *real, struct hart_state *guest);
// The next guest runs in real U.
void guest_mode_end(struct hw *hw, struct hart_state *real);
// The VMM is about to wait. An interrupt of the guest must not end that.
void guest_mode_idle(struct hw *hw);

#endif
