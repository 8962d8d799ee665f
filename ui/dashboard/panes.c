// The table of panes. A new pane has a row here. Read ui/dashboard/view.h first.
// Read next: ui/dashboard/pointing.h.
#include "ui/dashboard/view.h"

// clang-format off
const struct pane *const panes[PANES] = {
    [PANE_GUESTS] = &view_guests,
    [PANE_VCPU] = &view_vcpu,
    [PANE_TRAPS] = &view_traps,
    [PANE_EXITS] = &view_exits,
    [PANE_TIMELINE] = &view_timeline,
    [PANE_PAGES] = &view_pages,
    [PANE_CONSOLE] = &view_console,
    [PANE_SCENARIO] = &view_scenario,
    [PANE_STOPS] = &view_stops,
    [PANE_STORY] = &view_story,
};
// clang-format on
