// init: the first process. It runs a shell and waits for processes whose parents have ended.
// When the shell ends, it switches the machine off.
#include "scenarios/guests/kite/user/kite.h"

int main(void)
{
    char *argv[] = {"sh", NULL};
    printf("init: type help for what there is, halt to switch off\n");
    i32 shell = fork();
    if (shell == 0) {
        exec("/bin/sh", argv);
        exit(127);
    }
    i32 status, pid;
    do
        pid = wait(&status);
    while (pid != shell && pid > 0);
    halt(pid == shell && status == 0 ? 0 : 1);
}
