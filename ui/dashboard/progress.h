// Which lessons a person has finished. They stand in a file of the person's own:
// $XDG_STATE_HOME/trapeze/lessons, or ~/.local/state/trapeze/lessons, a name a line. Source: XDG
// Base Directory Specification. Without such a folder nothing is remembered, and nothing else
// changes.
// Read next: ui/film/film.h.
#ifndef UI_DASHBOARD_PROGRESS_H
#define UI_DASHBOARD_PROGRESS_H

#include "isa/types.h"

struct progress {
    char *names; // as in the file; NULL: none
};

void progress_read(struct progress *p);
void progress_free(struct progress *p);
bool progress_has(const struct progress *p, const char *name);

// The name of a lesson: that of its file, without folder and ".lua". `to` has `size` bytes.
const char *progress_name(const char *path, char *to, size_t size);
// Adds the lesson of this file. What cannot be written is not remembered.
void progress_add(const char *path);

#endif
