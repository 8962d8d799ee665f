// The record of a hart that the files of the native backend share, and guest mode on that hart.
#ifndef HYPERVISOR_NATIVE_GUEST_MODE_H
#define HYPERVISOR_NATIVE_GUEST_MODE_H

#include "hypervisor/config.h"
#include "hypervisor/hw.h"
#include "sim/machine.h"

struct hw {
    struct native *native;
    struct machine *m;
    u32 hart;
    struct hart_state *real; // the registers of this hart
    struct h_state *h;       // what the hypervisor extension adds to them
    bool virtual_clock;
    u64 budget; // machine steps that are left before the machine wants its hart back
    struct hw_guest_fault fault; // of the last trap
    struct h_state *inner;       // of a guest that has the extension itself; else NULL
    bool shadowed;               // guest mode by hw_nest_shadowed
    bool idle;                   // the core has called hw_idle since then
};

struct native {
    mpa vmm;
    struct vmm_config *config;
    struct hw hw[HARTS_MAX];
};

// To be called before a guest runs in guest mode: brings its registers to the hart.
void guest_mode_load(struct hw *hw, const struct hart_state *guest);
// To be called when the guest has run: brings its registers back to its record.
void guest_mode_save(struct hw *hw, struct hart_state *guest);
// To be called before a guest runs in real U.
void guest_mode_end(struct hw *hw);
// To be called before the VMM waits. An interrupt of the guest must not end that wait.
void guest_mode_idle(struct hw *hw);

#endif
