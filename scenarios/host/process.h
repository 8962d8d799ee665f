// Child processes that do not outlive their parent.
// Read next: scenarios/host/process.c.
#ifndef SCENARIOS_HOST_PROCESS_H
#define SCENARIOS_HOST_PROCESS_H

#include <sys/types.h>

// Does the same as fork(). Buffered output is written before, so that the child does not write
// it once more. The child is killed when the parent ends, however the parent ends, because a
// signal often reaches the parent alone. Call this function from a thread that lives as long as
// the parent.
pid_t process_fork(void);

// For a child that has changed its user: Linux then forgets that the child must end with its
// parent.
void process_end_with_parent(void);

#endif
