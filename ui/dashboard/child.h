// A child process works on a copy of the whole program while the dashboard goes on. The child
// serves gdb, or makes a film. Nothing that the child does changes the run that the person looks
// at. The terminal belongs to the parent alone.
// Read next: ui/dashboard/filming.h.
#ifndef UI_DASHBOARD_CHILD_H
#define UI_DASHBOARD_CHILD_H

#include <stdbool.h>
#include <sys/types.h>

// Starts a child. Returns the child's process number in the parent, and 0 in the child. Returns
// -1, and changes nothing, if no child can be started. `said` receives one end of a pipe: the
// child writes to the pipe, and the parent reads from it. The child ends when its parent ends.
pid_t child_begin(int *said);
// Waits until the child ends. Returns true if the child's exit status was 0.
bool child_wait(pid_t child);
// Ends the child at once, even if its work is not complete.
void child_kill(pid_t child);

#endif
