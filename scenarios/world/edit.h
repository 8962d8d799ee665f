// Changing a run by hand: a register, the pc, a CSR or a word of memory of a VCPU gets another
// value while the run stands still. From then on the run is another one than the scenario's own.
// This is the one door for such changes, for the dashboard and for gdb. Who opens it keeps a list
// of what was changed at which moment, so that a run that goes back and comes again is changed
// again.
// Read next: scenarios/world/costs.h.
#ifndef SCENARIOS_WORLD_EDIT_H
#define SCENARIOS_WORLD_EDIT_H

#include "hypervisor/native/observe.h"

// A CSR of a guest is the guest's own. In guest mode it lies on the hart, in the bank of the guest
// (isa/arch/h_extension.h); else the VMM keeps it.

enum edit_kind { EDIT_REGISTER, EDIT_PC, EDIT_CSR, EDIT_MEMORY };

#define EDIT_BYTES 8 // of memory, in one edit

struct edit {
    u8 kind;  // enum edit_kind
    u8 bytes; // of EDIT_MEMORY, 1 to EDIT_BYTES
    struct vm_path path;
    u32 vcpu;
    u32 number;  // of the register, 1 to 31, or of the CSR
    gva address; // of EDIT_MEMORY: as the VCPU translates it now. Rights are not asked for
    u32 value;
    u8 memory[EDIT_BYTES];
};

// Not while the machine runs. False, and *why says why in a sentence: nothing has changed then.
bool edit_apply(struct machine *m, const struct edit *e, const char **why);
// "a0 = 00000007", "80401000 = 2a 00"; `to` has 80 bytes.
const char *edit_print(const struct edit *e, char *to);

#endif
