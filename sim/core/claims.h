// What VMMs that are guest code have told about themselves: a table of claims, sorted by path.
// Any guest kernel can claim to be a VMM with ten thousand VMs. So the table is shared fairly:
// the claims of one VM cost only that VM.
//
// If the table is full, a claim must go, and the VM that has claimed most loses it. Each VM of
// the machine has a share: the claims of its own kernel and of all VMs below it. The largest
// share loses a claim. Inside that share the same rule chooses among the VMs one level further
// down, and so on to a single claim. So if N VMs stand side by side, no VM loses a claim before
// it has more than an N-th part of the table. The same holds for its kernel, whatever the VMs
// below it claim.
// Read next: sim/core/claims.c.
#ifndef SIM_CORE_CLAIMS_H
#define SIM_CORE_CLAIMS_H

#include "sim/event.h"

#define CLAIMS_MAX 256

struct vmm_claim {
    struct vm_path path; // of the VM whose kernel it is; {}: it is the machine's
    u32 descriptor;      // where its records are, in its physical memory; 0: it has not told
    mpa record;          // in the machine: hart_state of the VCPU that it runs; 0: not known
    u16 vm;              // which of its VMs runs; 0: none yet
    u8 vcpu;
    u8 unused;
};

struct claims {
    u32 count;
    // Sorted by path, so that the claims of a VM and of all VMs below it stand side by side. The
    // last place is for a new claim, until it is known which claim must go.
    struct vmm_claim claim[CLAIMS_MAX + 1];
};

// Returns the claim of the VM at this path. Returns NULL if the VM has made no claim, or has
// lost it.
const struct vmm_claim *claims_find(const struct claims *c, const struct vm_path *path);

// The same, but makes a new claim if there is none. Returns NULL if the new claim itself must
// go. A claim that was found before may have moved.
struct vmm_claim *claims_make(struct claims *c, const struct vm_path *path);

#endif
