// A filter says which traps a person wants to see. It consists of words, and a trap passes if
// all words fit it. A word fits a trap if it is
//
//      P                the letter of its class
//      csr store-pf     the name of its class
//      emulate fill     what was done
//      g1 g1.2          the VM that it came from, or a VM inside that
//      L2               the level of that VM
//      satp 00401ffc    a part of its cause, as pane 3 shows it
//
// A word with ! before it must not fit: "P !sscratch". An empty filter takes every trap.
// Read next: ui/dashboard/filter_check.h.
#ifndef UI_DASHBOARD_FILTER_H
#define UI_DASHBOARD_FILTER_H

#include "ui/dashboard/trap_row.h"

#define FILTER_SIZE 64

// Returns true if the trap passes the filter. `profile` names the instructions of the machine (a
// mask of enum isa_profile), which the text of a cause needs.
bool filter_takes(const char *filter, const struct trap_row *row, u32 profile);

#endif
