// The shadow invariant, checked from outside: after every exit, no shadow entry grants more than
// the guest's own entry composed with the VM's memory map. It is a second opinion on
// hypervisor/shadow.c: it walks guest tables and shadow tables by itself, byte by byte from the
// machine's RAM, and shares no code with the VMM but the layout of its records (hypervisor/vm.h).
//
// An entry is looked at when it is new or has changed, and again when a fence covers its address:
// between those moments the architecture allows it to be stale. That holds between the guest's
// table and the shadow. Between the shadow and the TLB nothing may be stale: whenever a shadow has
// changed, what the TLB knows by its ASID is held against it.
// Read next: tests/fuzz/shrink.c.
#ifndef FUZZ_SHADOW_CHECK_H
#define FUZZ_SHADOW_CHECK_H

#include "sim/machine.h"

struct shadow_check;

struct shadow_check *shadow_check_new(struct machine *m);
void shadow_check_free(struct shadow_check *c);

// A fence that has been carried out since the last look: of *va (NULL: every address) in *asid
// (NULL: every one).
void shadow_check_fenced(struct shadow_check *c, const gva *va, const u32 *asid);

// Looks. False, and a message, if an entry grants too much.
bool shadow_check_look(struct shadow_check *c, char *text, size_t size);

// How many entries were looked at so far.
u64 shadow_check_count(const struct shadow_check *c);

// Makes one shadow leaf that only reads writable as well, or takes it away (`remove`), as a broken
// VMM might. False: there is none.
bool shadow_check_break(struct shadow_check *c, bool remove);

#endif
