// The dashboard without a screen. Commands come as lines from standard input, and answers go out
// as lines. This form is for screen readers, pipes and tests, and it can do all that the keys
// can do. The commands are those of the prompt (ui/dashboard/keys.def), and a few more that
// print what a screen would show.
// Read next: ui/dashboard/dashboard.c.
#ifndef UI_DASHBOARD_PLAIN_H
#define UI_DASHBOARD_PLAIN_H

#include "ui/dashboard/dashboard.h"

// Opens the scenario at its start, and does each command until `quit` or the end of the input.
// Returns an exit status, as dashboard_run does.
int plain_run(const char *path, const struct dashboard_options *options);

#endif
