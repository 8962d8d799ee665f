// The way of one exit through the levels. An exit of a guest whose VMM is a guest itself is one row
// of the trap log, and everything that follows on its hart, until the guest's next exit, is done
// about it: the rows of the VMMs in between, whose privileged instructions trap in their turn.
// Works on the log alone.
//
//      g1.1 csrr a0, sstatus    reflect to g1        row                        2
//      g1   csrr a0, scause     emulate              rows that follow           > 0 > 1
//      g1   sret                emulate
//      g1.1 ...                                      the guest's next exit      > 0 > 2
//
// Read next: ui/dashboard/view_story.c.
#ifndef UI_DASHBOARD_ROUTE_H
#define UI_DASHBOARD_ROUTE_H

#include "ui/dashboard/traplog.h"

struct route {
    u32 stations; // VMs in between that had exits of their own, in the order in which they came
                  // first
    struct station {
        struct vm_path path;
        u64 first; // number of its first row
        u32 exits;
        u64 cost;
    } station[EVENT_DEPTH];
    u64 cost;  // of the row and all that followed
    bool back; // the guest has run again (known by its VMM's sret, or at last by its own next exit)
};

void route_find(const struct traplog *log, const struct trap_row *row, struct route *route);
// "2>0>1>0>2"; an ellipsis while it is not back. `to` has 64 bytes.
const char *route_print(const struct route *route, const struct trap_row *row, char *to);

#endif
