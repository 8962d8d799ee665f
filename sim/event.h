// The event stream: the only way to observe a run. Dashboard, Lua hooks, counters, graders and
// traces all listen here. An event is a note (isa/note.h: what happened) with the machine's own
// stamp (when, where, whose). With no listener for its kind it costs one test of a mask.
#ifndef SIM_EVENT_H
#define SIM_EVENT_H

#include "isa/note.h"

#define EVENT_DEPTH 8 // levels a path can name

// Which VM: {1, 2} is g1.2, the second VM of the VMM in the machine's first VM. All zero: the
// machine itself. Closed by a 0 unless full.
struct vm_path {
    u16 id[EVENT_DEPTH];
};

struct event {
    u64 seq;     // 0, 1, 2, ... of this machine, counted whether or not anybody listens to the kind
    u64 cycle;   // machine cycles of the hart: retired + idle + costs
    u64 retired; // instructions retired by the hart
    u64 steps;   // machine steps so far, all harts
    u64 charged; // costs charged to the hart so far
    u32 cost;    // machine cycles that this event charged
    u32 ran; // of an exit: instructions retired in U since the kernel or the VMM last gave the hart
             // away. A native VMM can also just stop a guest: so of what it tells then, too
    u32 ran_cost; // and costs charged meanwhile
    u8 hart;
    u8 level; // 0: the machine or the VMM on it; of a trap: the level of the guest that was running
              // (its path's length)
    u8 real_mode; // enum mode of the hart
    u8 unused;
    struct vm_path path; // the VM it is about
    struct vm_path by;   // the VM that `ran`; {}: none did
    struct note note;
};

#define EVENT_BIT(kind) (1u << (kind))
#define EVENT_ALL (EVENT_BIT(EVENT_KINDS) - 1)

typedef void event_listener(void *context, const struct event *event);

// "trap", "exit", "emulate", ...; never NULL.
const char *event_kind_name(unsigned kind);

// The kind of that name, or -1.
int event_kind_find(const char *name);

// "g1.2", or "m" for the machine itself. Writes at most `size` bytes, closed by 0; returns `to`.
char *vm_path_print(const struct vm_path *path, char *to, size_t size);

unsigned vm_path_length(const struct vm_path *path);
bool vm_path_equal(const struct vm_path *a, const struct vm_path *b);

#endif
