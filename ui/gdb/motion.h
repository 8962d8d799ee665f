// How gdb's commands move the run: on to the next breakpoint, by a step of one thread, and both
// of these backwards. A point is a breakpoint or a watchpoint. It is a virtual address, and a
// VMM may have other code and data at that address. So the points count for one guest alone,
// unless the person asks for every guest. Nothing is written into the guest's memory for a
// point, so the guest cannot see it.
// Read next: ui/gdb/past.h.
#ifndef UI_GDB_MOTION_H
#define UI_GDB_MOTION_H

#include "ui/gdb/past.h"
#include "ui/gdb/target.h"

#define POINTS_MOST 64
#define EVERY_GUEST -1

// The kinds of points have the numbers of gdb's packet Z.
enum point_kind { POINT_SOFTWARE, POINT_HARDWARE, POINT_WRITE, POINT_READ, POINT_ACCESS };

struct point {
    u8 kind; // enum point_kind
    gva address;
    u32 length; // how many bytes are watched
};

enum halt {
    HALT_STEP,
    HALT_BREAKPOINT,
    HALT_WATCHPOINT,
    HALT_ASKED, // gdb has sent a Ctrl-C
    HALT_END,   // the machine's power is off, or nothing can ever happen again
    HALT_BEGIN, // the run is at its beginning, on the way back
};

// Where and why the run has halted.
struct halted {
    enum halt why;
    u32 thread;
    struct point point; // the watchpoint, if `why` is HALT_WATCHPOINT
    gva address;
};

struct motion {
    struct world *world;
    struct past past;
    struct point point[POINTS_MOST];
    u32 points, watchpoints;
    int only;       // the guest that halts at points, or EVERY_GUEST
    bool watching;  // the run stops at each border of mode K (sim/machine.h)
    bool at_border; // the VMM has handled the last trap; the guest's next instruction follows
    // Called from time to time while the run moves. Returns true if the run must halt.
    bool (*interrupted)(void *context);
    void *context;
};

// Add or remove a point. They return false if there are too many points, or no such point.
bool motion_add(struct motion *m, struct point point);
bool motion_remove(struct motion *m, struct point point);
void motion_clear(struct motion *m); // removes all of them

// Moves to the next point that a thread comes to. The run moves by at least one instruction.
struct halted motion_continue(struct motion *m);
// Moves until this thread has made one instruction or trap. Other VCPUs and the VMMs run
// meanwhile, in their turn.
struct halted motion_step(struct motion *m, u32 thread);
// Move backwards: to the last point before this moment, and by one instruction or trap of this
// thread. If gdb asks for a halt on the way, the run stays where it is.
struct halted motion_continue_back(struct motion *m, u32 thread);
struct halted motion_step_back(struct motion *m, u32 thread);
// Changes the run by hand at this moment. From now on the changed run is the only one, also
// after going back and forth. Returns false, with the reason in *why, if the change is
// impossible.
bool motion_edit(struct motion *m, const struct edit *e, const char **why);
// Moves to this number of machine steps. The run must have been there before.
void motion_go(struct motion *m, u64 steps);
// Moves to the furthest moment that the run ever came to.
void motion_go_furthest(struct motion *m);

#endif
