// The folder in which trapeze keeps what it remembers of a person: $XDG_STATE_HOME/trapeze, or
// ~/.local/state/trapeze. Source: XDG Base Directory Specification. If there can be no such
// folder, nothing is remembered, and nothing else changes.
// Read next: ui/dashboard/progress.h.
#ifndef UI_DASHBOARD_STATE_FOLDER_H
#define UI_DASHBOARD_STATE_FOLDER_H

// Returns the path of a file in that folder, malloc'ed. Makes the folder if it does not exist.
// Returns NULL if there is no place for the folder.
char *state_file(const char *name);

#endif
