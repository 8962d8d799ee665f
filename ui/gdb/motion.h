// How gdb's commands move the run: on to the next breakpoint, a step of one thread, and both of
// these backwards. A point (a breakpoint or a watchpoint) is a virtual address, and a VMM may have
// other code and data at that address. So points are for one guest, unless somebody asks for more.
// Nothing is written into the guest's memory for them, so the guest cannot see them.
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
    u32 length; // bytes watched
};

enum halt {
    HALT_STEP,
    HALT_BREAKPOINT,
    HALT_WATCHPOINT,
    HALT_ASKED, // by a Ctrl-C of gdb
    HALT_END,   // the machine's power is off, or nothing can ever happen again
    HALT_BEGIN, // of the run, on the way back
};

// Why the run has halted.
struct halted {
    enum halt why;
    u32 thread;
    struct point point; // of HALT_WATCHPOINT
    gva address;
};

struct motion {
    struct world *world;
    struct past past;
    struct point point[POINTS_MOST];
    u32 points, watchpoints;
    int only;      // the guest that halts at points, or EVERY_GUEST
    bool watching; // the run ends at each border of mode K (sim/machine.h)
    bool
        at_border; // the VMM has dealt with the last trap, and the guest's next instruction follows
    bool (*interrupted)(void *context); // asked from time to time while the run moves
    void *context;
};

// False: there are too many, or there is none such.
bool motion_add(struct motion *m, struct point point);
bool motion_remove(struct motion *m, struct point point);
void motion_clear(struct motion *m); // removes all of them

// To the next point that a thread comes to, not before the next instruction.
struct halted motion_continue(struct motion *m);
// One instruction or trap of this thread. Other VCPUs and the VMMs run as they come.
struct halted motion_step(struct motion *m, u32 thread);
// Backwards. If gdb asks for a halt on the way, the run stays where it is.
struct halted motion_continue_back(struct motion *m, u32 thread);
struct halted motion_step_back(struct motion *m, u32 thread);
// Changes the run by hand, here. From now on the run that comes after this moment is the changed
// one, also after going back. False, and *why: it cannot be done.
bool motion_edit(struct motion *m, const struct edit *e, const char **why);
// To this number of machine steps, at which the run has been before.
void motion_go(struct motion *m, u64 steps);
// To the end of what the run has done so far.
void motion_go_furthest(struct motion *m);

#endif
