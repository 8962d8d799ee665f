// What can stand behind the name of a command: the words that the prompt offers, and that Tab
// completes. They are the names of this moment: registers, CSRs, symbols of the guest in pane 2,
// VMs, bookmarks, and the words that the command itself knows.
// Read next: ui/dashboard/input.h.
#ifndef UI_DASHBOARD_COMPLETION_H
#define UI_DASHBOARD_COMPLETION_H

#include "ui/dashboard/state.h"

// Sets what the prompt offers behind its text: the words that its last word can become.
void completion_offer(struct dashboard *d);

// Completes the last word of the prompt as far as all words that begin so agree.
void completion_complete(struct dashboard *d);

#endif
