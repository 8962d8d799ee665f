// Counting events: how many of each kind and cause, and what they cost, for the machine as a whole and for each VM.
// Plain data: a copy is a snapshot.
//
// The cost of an exit is that of the exit itself and of all that was done about it, up to the next exit on the same
// hart.
#ifndef SCENARIOS_COUNTERS_H
#define SCENARIOS_COUNTERS_H

#include "scenarios/multiply.h"
#include "sim/machine.h"

#define COUNTERS_VMS 64

struct counted {
    u64 kind[EVENT_KINDS];
    struct {
        u64 count, cost; // cost in machine cycles
        u32 most;        // the dearest one
    } cause[COUNTERS_CAUSES]; // of EVENT_TRAP and EVENT_EXIT
    u64 cost;            // machine cycles charged by all its events
    u64 sfences;         // sfence.vma instructions emulated
};

struct counters {
    struct counted all;
    u32 vms; // those that had an event; further ones than COUNTERS_VMS count in `all` only
    struct {
        struct vm_path path;
        struct counted counted;
    } vm[COUNTERS_VMS];
    struct { // the exit under way on each hart
        bool open;
        u8 cause;
        u32 cost;
        u32 vm;
    } exit[HARTS_MAX];
    struct multiplied multiplied;
};

void counters_reset(struct counters *c); // keeps what counters_watch was told
void counters_watch(struct counters *c, const struct vm_path *guest); // whose exits `multiplied` is about
void counters_add(struct counters *c, const struct event *e); // an event_listener but for the type of its context
// NULL: it never had an event (or there were too many VMs).
const struct counted *counters_of(const struct counters *c, const struct vm_path *path);

u32 counters_index(u32 cause); // scause value to index
u32 counters_cause(u32 index); // and back

#endif
