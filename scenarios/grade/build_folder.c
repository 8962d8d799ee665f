// The fresh folder of a build, which goes away in every case. A signal can end this process at any
// point, and no handler is called for SIGKILL. So a process of its own, the guardian, waits until
// this one has closed its end of a pipe, which the kernel does for a process that ends.
#include "scenarios/grade/build.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static int remove_one(const char *path, const struct stat *about, int type, struct FTW *where)
{
    (void)about;
    (void)type;
    (void)where;
    return remove(path);
}

// A compiler that is just being ended may still write a file, so one attempt is not always enough.
static void remove_folder(const char *folder)
{
    const struct timespec pause = {.tv_nsec = 50000000};
    for (int i = 0; i < 20 && nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS); i++)
        if (access(folder, F_OK) || nanosleep(&pause, NULL))
            return;
}

// In the guardian. A session of its own keeps the keys of the terminal (^C) away from it. It keeps
// no file open, so nobody who reads the output of this command waits for it.
_Noreturn static void wait_and_remove(const char *folder, int end)
{
    char byte;
    setsid();
    dup2(end, 0);
    closefrom(1);
    while (read(0, &byte, 1) < 0 && errno == EINTR)
        ;
    remove_folder(folder);
    _exit(0);
}

// Without a guardian (no process, no pipe) the folder is removed by this process alone.
static void start_guardian(struct build *b)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC))
        return;
    fflush(NULL);
    b->guardian = fork();
    if (!b->guardian) {
        close(ends[1]);
        wait_and_remove(b->folder, ends[0]);
    }
    close(ends[0]);
    if (b->guardian > 0) {
        b->guard = ends[1];
        return;
    }
    close(ends[1]);
    b->guardian = 0;
}

bool build_folder_make(struct build *b)
{
    const char *temporary = getenv("TMPDIR");
    snprintf(b->folder, sizeof b->folder, "%.200s/trapeze-XXXXXX", temporary ? temporary : "/tmp");
    if (mkdtemp(b->folder)) {
        start_guardian(b);
        return true;
    }
    *b->folder = 0;
    return false;
}

void build_folder_remove(struct build *b)
{
    if (*b->folder && !b->guardian)
        remove_folder(b->folder);
    *b->folder = 0;
    if (!b->guardian)
        return;
    close(b->guard); // the guardian removes the folder now
    while (waitpid(b->guardian, NULL, 0) < 0 && errno == EINTR)
        ;
    b->guardian = 0;
}
