// A child process that works on a copy of everything, while the dashboard goes on: it serves gdb,
// or makes a film. Whatever it does there, the run that the person looks at stays as it is. The
// terminal belongs to the parent alone.
// Read next: ui/dashboard/filming.h.
#ifndef UI_DASHBOARD_CHILD_H
#define UI_DASHBOARD_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

// Returns the process in the parent, and 0 in the child; -1 and nothing else if there can be none.
// `said` is an end of a pipe: the child writes to it, the parent reads. The child ends when its
// parent does.
pid_t child_begin(int *said);
// Waits until the child ends. Returns whether its status was 0.
bool child_wait(pid_t child);
// Ends the child, however far it is.
void child_kill(pid_t child);

#endif
