// hog: asks for memory, page by page, and keeps it: as many pages as its first argument says, or
// all there are. Then it prints how many pages it got, and sleeps as many time slices as its
// second argument says.
#include "scenarios/guests/kite/user/kite.h"

#define PAGE 4096

// Takes pages, and writes a byte to `tell` for each of them.
static void take(i32 most, i32 tell)
{
    i32 took = 0;
    while (most == 0 || took < most) {
        volatile u32 *page = sbrk(PAGE);
        if (!page)
            break;
        *page = (u32)took++;
        write(tell, "x", 1);
    }
}

int main(int argc, char **argv)
{
    i32 fds[2], got = 0, most = argc > 1 ? (i32)number(argv[1]) : 0;
    char byte;
    if (pipe(fds) < 0)
        return 1;
    // A child takes the pages. When memory is used up, its next access faults and ends only the
    // child.
    if (fork() == 0) {
        close(fds[0]);
        take(most, fds[1]);
        close(fds[1]);
        sleep(argc > 2 ? number(argv[2]) : 0);
        exit(0);
    }
    close(fds[1]);
    while (read(fds[0], &byte, 1) == 1)
        got++;
    printf("%d pages\n", got);
    wait(NULL);
    return most != 0 && got < most;
}
