// Child processes. Contract: scenarios/host/process.h. Source: PR_SET_PDEATHSIG in prctl(2).
// Read next: scenarios/host/folder.h.
#include "scenarios/host/process.h"

#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

void process_end_with_parent(void)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

pid_t process_fork(void)
{
    pid_t parent = getpid();
    fflush(NULL);
    pid_t child = fork();
    if (child)
        return child;
    process_end_with_parent();
    if (getppid() != parent) // the parent ended before that call
        _exit(1);
    return 0;
}
