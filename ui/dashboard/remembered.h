// How a person left the screen the last time: the pane with the focus, whether it stood alone, and
// the theme. It stands in a small file of the person's own ("layout" in the folder of
// ui/dashboard/state_folder.h), a word and a value a line:
//
//     pane 3
//     zoomed no
//     theme auto
//
// Anybody may have written into that file. A file that is not exactly like this is ignored.
// Read next: ui/dashboard/state_folder.h.
#ifndef UI_DASHBOARD_REMEMBERED_H
#define UI_DASHBOARD_REMEMBERED_H

#include "ui/dashboard/state.h"

enum remembered { REMEMBERED_NOTHING, REMEMBERED_LAYOUT, REMEMBERED_DAMAGED };

// Arranges the dashboard as the file says. NOTHING: there is no file, so this may be the person's
// first run. DAMAGED: the file is ignored.
enum remembered remembered_read(struct dashboard *d);
// What cannot be written is not remembered.
void remembered_write(struct dashboard *d);

#endif
