// The list of the lessons that a person has finished. The list is a file of the person's own:
// $XDG_STATE_HOME/trapeze/lessons, or ~/.local/state/trapeze/lessons, with one name a line.
// Source: XDG Base Directory Specification. If there can be no such folder, nothing is
// remembered, and nothing else changes.
// Read next: ui/film/film.h.
#ifndef UI_DASHBOARD_PROGRESS_H
#define UI_DASHBOARD_PROGRESS_H

#include "isa/types.h"

struct progress {
    char *names; // the text of the file; NULL if there is none
};

void progress_read(struct progress *p);
void progress_free(struct progress *p);
bool progress_has(const struct progress *p, const char *name);

// Writes the name of a lesson: the name of its file, without folder and ".lua". `to` has `size`
// bytes. Returns `to`.
const char *progress_name(const char *path, char *to, size_t size);
// Adds the lesson of this file to the list. If the list cannot be written, the lesson is not
// remembered, and nobody is told.
void progress_add(const char *path);

#endif
