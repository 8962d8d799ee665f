// Where trapeze keeps what it remembers of a person: $XDG_STATE_HOME/trapeze, or
// ~/.local/state/trapeze. Source: XDG Base Directory Specification. Without such a folder nothing
// is remembered, and nothing else changes.
// Read next: ui/dashboard/progress.h.
#ifndef UI_DASHBOARD_STATE_FOLDER_H
#define UI_DASHBOARD_STATE_FOLDER_H

// The path of a file in that folder, which is made if it is not there. malloc'ed; NULL: there is no
// place for it.
char *state_file(const char *name);

#endif
