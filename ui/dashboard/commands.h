// Actions that take an argument (d->argument). A person types the argument behind the name of
// the command. If the person pressed a key instead, the action opens the prompt with the command
// in it. Each action returns what must be refreshed (ui/dashboard/state.h).
// Read next: ui/dashboard/work.h.
#ifndef UI_DASHBOARD_COMMANDS_H
#define UI_DASHBOARD_COMMANDS_H

#include "ui/dashboard/keys.h"
#include "ui/dashboard/state.h"

unsigned do_goto(struct dashboard *d, const struct binding *b);
unsigned do_find(struct dashboard *d, const struct binding *b);
unsigned do_find_again(struct dashboard *d, const struct binding *b);
unsigned do_filter(struct dashboard *d, const struct binding *b);
unsigned do_stop_at(struct dashboard *d, const struct binding *b);
unsigned do_break(struct dashboard *d, const struct binding *b);
unsigned do_bookmark(struct dashboard *d, const struct binding *b);
unsigned do_jump(struct dashboard *d, const struct binding *b);
unsigned do_address(struct dashboard *d, const struct binding *b);
unsigned do_page(struct dashboard *d, const struct binding *b); // pane 6: a page on or back
unsigned do_explain(struct dashboard *d, const struct binding *b);
unsigned do_export(struct dashboard *d, const struct binding *b);
unsigned do_film(struct dashboard *d, const struct binding *b);
unsigned do_theme(struct dashboard *d, const struct binding *b);
unsigned do_enter(struct dashboard *d, const struct binding *b);  // goes to what is selected
unsigned do_delete(struct dashboard *d, const struct binding *b); // pane 9

// PHASE_NEXT and PHASE_LAST. A phase is shown at the moment of its trap, so the run may go there.
unsigned do_phase(struct dashboard *d, const struct binding *b);
unsigned dashboard_show_phase(struct dashboard *d, u32 phase); // of the selected trap; 0: none

unsigned do_history(struct dashboard *d, const struct binding *b); // HISTORY and LAST_CHANGE
unsigned do_run_back(struct dashboard *d, const struct binding *b);

unsigned do_gdb(struct dashboard *d, const struct binding *b);
unsigned do_set(struct dashboard *d, const struct binding *b);
unsigned do_original(struct dashboard *d, const struct binding *b);
// Continues d->search, which must not be NULL, for about this number of milliseconds. When the
// search is complete, its answer is shown.
unsigned dashboard_search_on(struct dashboard *d, int milliseconds);
// Ends d->search now, and shows what the search has found so far.
unsigned dashboard_search_stop(struct dashboard *d);

#endif
