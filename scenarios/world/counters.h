// Counts events: how many there were of each kind and cause, and what they cost, for the machine
// as a whole and for each VM.
//
// The cost of an exit is the cost of the trap itself and of all that was done about it, up to
// the next exit on the same hart.
// Read next: scenarios/world/counters.c.
#ifndef SCENARIOS_WORLD_COUNTERS_H
#define SCENARIOS_WORLD_COUNTERS_H

#include "scenarios/world/multiply.h"
#include "scenarios/world/vm_index.h"
#include "sim/machine.h"

struct counted_cause {
    u64 count, cost; // cost in machine cycles
    u32 most;        // the highest cost of a single one
};

struct counted {
    u64 kind[EVENT_KINDS];
    struct counted_cause trap[COUNTERS_CAUSES]; // EVENT_TRAP: a kernel took its own trap
    struct counted_cause exit[COUNTERS_CAUSES]; // EVENT_EXIT
    u64 cost;                                   // machine cycles charged by all its events
    u64 sfences;                                // sfence.vma instructions that were emulated
    // Calls and accesses that the machine answered, or that the VMM of a guest emulated. Their
    // number is the same at each depth.
    u64 firmware_calls, device_accesses;
};

// An exit that is not complete on a hart.
struct counters_exit {
    bool open;
    u8 cause; // the index of its cause
    u32 cost; // so far
    u32 vm;   // the number of its VM in the index
};

struct counters {
    struct counted all;
    struct vm_index index;                  // the VMs that had an event
    struct counters_row *row[VM_INDEX_MAX]; // their counts
    struct counters_exit exit[HARTS_MAX];
    struct multiplied multiplied;
};

// Counters that are all zero are ready for use. Reset frees the rows, and keeps the setting of
// counters_watch.
void counters_reset(struct counters *c);
// Chooses the guest whose exits `multiplied` counts.
void counters_watch(struct counters *c, const struct vm_path *guest);
// To be called for each event.
void counters_add(struct counters *c, const struct event *e);
// Returns the counts of a VM. Returns NULL if the VM never had an event, or if there was no
// memory.
const struct counted *counters_of(const struct counters *c, const struct vm_path *path);

// For going back, and forward again. A mark shares the rows with the counters: it costs a pointer
// for each VM, and later a copy of each row that changes. A VM keeps its number in the index.
struct counters_mark;
struct counters_mark *counters_mark(const struct counters *c); // NULL: memory lacks
void counters_return(struct counters *c, const struct counters_mark *mark);
// Returns how many bytes the mark needs beyond those that it shares with `before`; if `before`
// is NULL, how many it needs in all.
size_t counters_mark_bytes(const struct counters_mark *mark, const struct counters_mark *before);
void counters_mark_free(struct counters_mark *mark);

#endif
