// The standard streams. Contract: ui/command/output.h.
// Read next: ui/command/replay.c.
#include "ui/command/output.h"

#include "scenarios/host/status.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void output_begin(void)
{
    // A file that grows beyond what `ulimit -f` allows is an error of that file, told like a disk
    // without room. It does not end the program in the middle of its work.
    signal(SIGXFSZ, SIG_IGN);
    // A new file gets the lowest number that is free, so each of these gets the number it is for. A
    // folder can neither be read nor written as a file, under the name /dev/stdout either.
    for (int stream = STDIN_FILENO; stream <= STDERR_FILENO; stream++)
        if (fcntl(stream, F_GETFD) < 0 && errno == EBADF && open("/", O_RDONLY) != stream)
            return;
}

// Why standard output could not be written, as far as that is known now: a write may have failed
// long ago.
static const char *why_not(int error)
{
    if ((fcntl(STDOUT_FILENO, F_GETFL) & O_ACCMODE) == O_RDONLY)
        return "it is closed";
    return error ? strerror(error) : "it took only a part of the output";
}

int output_end(const char *command, int status)
{
    errno = 0;
    if (!fflush(stdout) && !ferror(stdout))
        return status;
    fprintf(stderr, "%s: standard output: %s; send it to a file on a disk with room\n", command,
            why_not(errno));
    return STATUS_INTERNAL;
}
