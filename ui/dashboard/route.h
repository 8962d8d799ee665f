// The route of one exit through the levels. A guest's VMM may be a guest itself. An exit of such
// a guest is one row of the trap log, and the rows that follow on its hart belong to the same
// route: the VMM in between works on the exit, and its own privileged instructions trap. The
// guest's next exit ends the route. All of this is read from the log alone.
//
//      g1.1 csrr a0, sstatus    reflect to g1     the row                  2
//      g1   csrr a0, scause     emulate           rows that follow         > 0 > 1
//      g1   sret                emulate
//      g1.1 ...                                   the guest's next exit    > 0 > 2
// Read next: ui/dashboard/words.h.
#ifndef UI_DASHBOARD_ROUTE_H
#define UI_DASHBOARD_ROUTE_H

#include "ui/dashboard/traplog.h"

struct route {
    u32 stations; // how many VMMs in between had exits of their own, in the order of their first
                  // exits
    struct station {
        struct vm_path path;
        u64 first; // number of its first row
        u32 exits;
        u64 cost;
    } station[EVENT_DEPTH];
    u64 cost;  // of the row and of all rows that followed
    bool back; // the guest has run again: the sret of its VMM shows this, or else the guest's own
               // next exit
    u64 last;  // the number of the row that showed it, or of the last row so far
};

// Finds the route that begins with this row of the log.
void route_find(const struct traplog *log, const struct trap_row *row, struct route *route);

// Returns true if everything was done about a trap: its VMM has told what it did, and below
// nested VMMs the guest has run again. *steps is then the number of steps of the machine just
// behind the last event that belongs to the trap. Returns false if something is still to be
// done.
bool route_has_ended(const struct traplog *log, const struct trap_row *row, u64 *steps);

// Writes the levels of the route, for example "2>0>1>0>2". The text ends with an ellipsis as
// long as the guest has not run again. `to` has 64 bytes; returns `to`.
const char *route_print(const struct route *route, const struct trap_row *row, char *to);

#endif
