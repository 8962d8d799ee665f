// Child processes. Read ui/dashboard/child.h first.
#include "ui/dashboard/child.h"

#include "scenarios/host/process.h"
#include "ui/terminal/leave.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void leave_terminal(void)
{
    int nowhere = open("/dev/null", O_RDWR);
    for (int i = STDIN_FILENO; nowhere >= 0 && i <= STDERR_FILENO; i++)
        dup2(nowhere, i);
}

pid_t child_begin(int *said)
{
    int ends[2];
    if (pipe(ends))
        return -1;
    pid_t child = process_fork();
    *said = ends[child == 0];
    close(ends[child != 0]);
    if (child < 0)
        close(*said);
    if (child)
        return child;
    leave_release(); // the signals that the screen catches in the parent end this process
    leave_terminal();
    return 0;
}

bool child_wait(pid_t child)
{
    int status = 0;
    return waitpid(child, &status, 0) == child && WIFEXITED(status) && !WEXITSTATUS(status);
}

void child_kill(pid_t child)
{
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
}
