// The event stream is the only way to observe a run. Dashboard, Lua hooks, counters, graders and
// traces all listen to it. An event consists of a note (isa/note.h), which says what happened,
// and of the machine's own stamp, which says when, where and to whom it happened. If nobody
// listens for a kind of event, an event of this kind costs only the test of a mask.
// Read next: sim/watch.h.
#ifndef SIM_EVENT_H
#define SIM_EVENT_H

#include "isa/note.h"

#define EVENT_DEPTH 8 // levels that a path can name

// Names a VM: {1, 2} is g1.2, the second VM of the VMM that runs in the machine's first VM. All
// zero names the machine itself. A 0 closes the list unless it is full.
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
    // About the stay in U that ended with this event: the instructions retired since the kernel
    // or the VMM last gave the hart away, and the costs charged meanwhile. An exit ends a stay.
    // A native VMM can also stop a guest without an exit; the next event of this VMM then ends
    // the stay.
    u32 ran;
    u32 ran_cost;
    u8 hart;
    u8 level;     // of a trap: that of the guest that ran, else of who tells; 0: the VMM, or the
                  // machine
    u8 real_mode; // enum mode of the hart
    u8 unused;
    struct vm_path path; // the VM that the event is about
    struct vm_path by;   // the VM that `ran`; {}: none did
    struct note note;
    u32 unused_too; // always 0, like `unused`: no padding, so events can be compared as bytes
};

_Static_assert(sizeof(struct event) == 88 + sizeof(struct note) + 4, "an event has no padding");

#define EVENT_BIT(kind) (1u << (kind))
#define EVENT_ALL (EVENT_BIT(EVENT_KINDS) - 1)

typedef void event_listener(void *context, const struct event *event);

// Returns the name of a kind: "trap", "exit", "emulate", ...; never NULL.
const char *event_kind_name(unsigned kind);

// Returns the kind of this name, or -1.
int event_kind_find(const char *name);

// Prints "g1.2", or "m" for the machine itself: at most `size` bytes, closed by 0. Returns `to`.
char *vm_path_print(const struct vm_path *path, char *to, size_t size);

unsigned vm_path_length(const struct vm_path *path);
bool vm_path_equal(const struct vm_path *a, const struct vm_path *b);

#endif
