// Keys: a key goes to the guest that a person types to, to the prompt, to the
// question of a lesson, or to the table of keys.
// Read next: ui/dashboard/mouse.h.
#ifndef UI_DASHBOARD_INPUT_H
#define UI_DASHBOARD_INPUT_H

#include "ui/dashboard/actions.h"

// Returns what to refresh (ui/dashboard/state.h).
unsigned dashboard_key(struct dashboard *d, int key);

// A command by its name, with an argument behind a space: "goto 12000".
unsigned dashboard_command(struct dashboard *d, const char *text);

#endif
