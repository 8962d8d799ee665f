// The text of a source line of a guest, for pane 2. The name of the file comes from the guest's
// image, so it may be any name. For that reason only a regular file of a sensible size is read.
// Read next: ui/dashboard/view.h.
#ifndef UI_DASHBOARD_SOURCE_H
#define UI_DASHBOARD_SOURCE_H

#include "isa/types.h"

// Writes the line into `to`, without its indentation and made harmless (ui/terminal/text.h).
// Writes "" if there is no such file or line: the source need not be on this computer, and the
// image may have been built in another folder.
void source_text(const char *file, u32 line, char *to, size_t size);

#endif
