// How a person left the screen the last time: the pane with the focus, whether that pane was
// zoomed, and the theme. A small file of the person's own keeps this ("layout" in the folder of
// ui/dashboard/state_folder.h). Each line has a word and a value:
//
//     pane 3
//     zoomed no
//     theme auto
//
// Any program may have written into that file. A file that does not have exactly this form is
// ignored.
// Read next: ui/dashboard/state_folder.h.
#ifndef UI_DASHBOARD_REMEMBERED_H
#define UI_DASHBOARD_REMEMBERED_H

#include "ui/dashboard/state.h"

enum remembered { REMEMBERED_NOTHING, REMEMBERED_LAYOUT, REMEMBERED_DAMAGED };

// Arranges the dashboard as the file says. REMEMBERED_NOTHING: there is no file, so this may be
// the person's first run. REMEMBERED_DAMAGED: the file is ignored.
enum remembered remembered_read(struct dashboard *d);
// Writes the file. If the file cannot be written, nothing is remembered, and nobody is told.
void remembered_write(struct dashboard *d);

#endif
