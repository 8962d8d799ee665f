// The words that can stand behind the name of a command. The prompt offers these words, and Tab
// completes them. They depend on the present moment: registers, CSRs, symbols of the guest in
// pane 2, VMs, bookmarks, and the words that the command itself knows.
// Read next: ui/dashboard/input.h.
#ifndef UI_DASHBOARD_COMPLETION_H
#define UI_DASHBOARD_COMPLETION_H

#include "ui/dashboard/state.h"

// Sets the words that the prompt offers: those that the last word of its text can become.
void completion_offer(struct dashboard *d);

// Completes the last word of the prompt. If several words begin like it, the completion stops
// where these words begin to differ.
void completion_complete(struct dashboard *d);

#endif
