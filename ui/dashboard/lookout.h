// A lookout finds breakpoints while a scenario runs. The machine reports what it was asked to
// watch (sim/watch.h), and the log reports the traps. The lookout finds out which breakpoint was
// hit, and which moment lies just before the effect:
//
//     an instruction that is watched    now: it is told before it is executed
//     a store or an access              the step under way: the moment before it
//     a trap or another event           the step that trapped: the moment before it
//
// The owner of the lookout decides what happens at a hit.
// Read next: ui/dashboard/findings.h.
#ifndef UI_DASHBOARD_LOOKOUT_H
#define UI_DASHBOARD_LOOKOUT_H

#include "ui/dashboard/playback.h"
#include "ui/dashboard/stops.h"

struct lookout {
    struct playback *play;
    struct stops *stops;
    // This function is called when a breakpoint is hit. `steps` is the moment just before the
    // effect, in steps of all worlds. The function returns true if the run must stop.
    bool (*hit)(void *context, u32 breakpoint, u64 steps);
    void *context;

    u64 row_done; // the last row of the log that was looked at
    // The VCPU and its registers when it last came to an instruction that has a breakpoint. If the
    // next step of the machine is a fault of this instruction, the VCPU tries the instruction
    // again. The second try is no second hit.
    struct {
        u32 generation; // of the world
        u64 steps;      // of the machine
        struct vm_path path;
        u32 vcpu, pc, x[32];
    } last;
    bool page_touched;           // a native VMM may have written bytes that are watched,
    u64 touched_at;              // in the trap after this moment
    char error[PREDICATE_ERROR]; // the error of a condition in Lua; "" if there is none
};

// Returns true if this is a CSR instruction that writes this CSR.
bool lookout_writes_csr(u32 insn, u32 csr);
// Makes the playback's machines watch for the present breakpoints. To be called whenever the
// list has changed.
void lookout_begin(struct lookout *l);
// To be called when the run has come to another moment. `rows_done` is the number of rows of the
// log that were examined before that moment. If the newest row is an instruction that is about
// to be tried again, that instruction is no second hit.
void lookout_resume(struct lookout *l, u64 rows_done);
// A function for playback.stops_at, whose context is the lookout. Returns true if this event is
// a hit at which the run must stop.
bool lookout_event(void *lookout, const struct event *e);
// To be called after playback_advance: a VMM may have written bytes that are watched. Returns
// true if that is a hit at which the run must stop.
bool lookout_after(struct lookout *l);

#endif
