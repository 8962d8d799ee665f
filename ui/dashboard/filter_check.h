// Checks that some trap can pass the filter that a person types (ui/dashboard/filter.h). A word
// that no trap can have is a typing mistake. The person is told at once, with a hint how to mend
// it.
// Read next: ui/dashboard/model.h.
#ifndef UI_DASHBOARD_FILTER_CHECK_H
#define UI_DASHBOARD_FILTER_CHECK_H

#include "scenarios/world/world.h"

#define FILTER_PROBLEM 120 // bytes that every problem fits in

// Returns true if every word of the filter can fit a trap of this world. If `w` is NULL, there
// is no world yet, and the name of any VM is accepted. If the result is false, `problem`
// (FILTER_PROBLEM bytes) names the first wrong word.
bool filter_check(const char *filter, const struct world *w, char *problem);

#endif
