// Is what a person types a filter that some trap can pass (ui/dashboard/filter.h)? A word that no
// trap can have is a slip of the hand, and the person is told at once, with the way out.
// Read next: ui/dashboard/model.h.
#ifndef UI_DASHBOARD_FILTER_CHECK_H
#define UI_DASHBOARD_FILTER_CHECK_H

#include "scenarios/world/world.h"

#define FILTER_PROBLEM 120 // bytes that every problem fits in

// Returns true if every word of the filter can fit a trap of this world. NULL: no world is there
// yet, and then every VM can come. Otherwise `problem` names the first wrong word.
bool filter_check(const char *filter, const struct world *w, char *problem);

#endif
