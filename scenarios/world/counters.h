// Counting events: how many of each kind and cause, and what they cost, for the machine as a whole
// and for each VM. A mark is a snapshot of them: rows that do not change are shared with it.
//
// The cost of an exit is that of the exit itself and of all that was done about it, up to the next
// exit on the same hart.
// Read next: scenarios/world/counters.c.
#ifndef SCENARIOS_WORLD_COUNTERS_H
#define SCENARIOS_WORLD_COUNTERS_H

#include "scenarios/world/multiply.h"
#include "scenarios/world/vm_index.h"
#include "sim/machine.h"

struct counted {
    u64 kind[EVENT_KINDS];
    struct {
        u64 count, cost;      // cost in machine cycles
        u32 most;             // the dearest one
    } cause[COUNTERS_CAUSES]; // of EVENT_TRAP and EVENT_EXIT
    u64 cost;                 // machine cycles charged by all its events
    u64 sfences;              // sfence.vma instructions emulated
};

struct counters_exit { // under way on a hart
    bool open;
    u8 cause;
    u32 cost;
    u32 vm; // by the index
};

struct counters {
    struct counted all;
    struct vm_index index;                  // of the VMs that had an event
    struct counters_row *row[VM_INDEX_MAX]; // theirs
    struct counters_exit exit[HARTS_MAX];
    struct multiplied multiplied;
};

// All zero is a good start. Reset frees the rows, and keeps what counters_watch was told.
void counters_reset(struct counters *c);
void counters_watch(struct counters *c,
                    const struct vm_path *guest); // whose exits `multiplied` is about
void counters_add(struct counters *c,
                  const struct event *e); // an event_listener but for the type of its context
// NULL: it never had an event (or memory lacked).
const struct counted *counters_of(const struct counters *c, const struct vm_path *path);

// For stepping back: costs a pointer a VM, and later a copy of each row that changes.
struct counters_mark;
struct counters_mark *counters_mark(const struct counters *c); // NULL: out of memory
void counters_return(struct counters *c, const struct counters_mark *mark);
void counters_mark_free(struct counters_mark *mark);

#endif
