// Decides where a key goes: to the guest that a person types to, to the prompt, to the question
// of a lesson, or to the table of keys.
// Read next: ui/dashboard/mouse.h.
#ifndef UI_DASHBOARD_INPUT_H
#define UI_DASHBOARD_INPUT_H

#include "ui/dashboard/actions.h"

// Handles one key (a code point or an enum key). Returns what must be refreshed
// (ui/dashboard/state.h).
unsigned dashboard_key(struct dashboard *d, int key);

// Does a command that is given as text: its name, and an argument behind a space ("goto 12000").
// Returns what must be refreshed.
unsigned dashboard_command(struct dashboard *d, const char *text);

#endif
