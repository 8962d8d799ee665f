// Changes a run by hand: a register, the pc, a CSR or a word of memory of a VCPU gets another
// value while the run stands still. From then on the run differs from the scenario's own run.
// The dashboard and gdb make all their changes by this function. A caller keeps a list of the
// changes and their moments, so that it can repeat them when the run goes back and comes again.
// Read next: scenarios/world/costs.h.
#ifndef SCENARIOS_WORLD_EDIT_H
#define SCENARIOS_WORLD_EDIT_H

#include "hypervisor/native/observe.h"

// An edit changes a CSR as the guest has it. In guest mode that CSR lies on the hart, in the
// bank of the guest (isa/arch/h_extension.h); otherwise the VMM keeps it.

enum edit_kind { EDIT_REGISTER, EDIT_PC, EDIT_CSR, EDIT_MEMORY };

#define EDIT_BYTES 8 // of memory, in one edit

struct edit {
    u8 kind;  // enum edit_kind
    u8 bytes; // of EDIT_MEMORY, 1 to EDIT_BYTES
    struct vm_path path;
    u32 vcpu;
    u32 number;  // of the register, 1 to 31, or of the CSR
    gva address; // of EDIT_MEMORY: an address as the VCPU translates it now. Access rights are not
                 // checked
    u32 value;
    u8 memory[EDIT_BYTES];
};

// Makes the edit. Must not be called while the machine runs. Returns false if that is
// impossible: *why then says why in a sentence, and nothing has changed.
bool edit_apply(struct machine *m, const struct edit *e, const char **why);
// Writes, for example, "a0 = 00000007" or "80401000 = 2a 00". `to` has 80 bytes; returns `to`.
const char *edit_print(const struct edit *e, char *to);

#endif
