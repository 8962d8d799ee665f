// forktest: processes are made, end, and are waited for.
#include "scenarios/guests/kite/user/test.h"

#define AT_ONCE 40 // more than the slots of the kernel
#define IN_TURN 100

static bool child_and_parent(void)
{
    i32 me = getpid(), pid = fork();
    if (pid == 0)
        exit(getpid() != me ? 42 : 1);
    i32 status = 0, ended = wait(&status);
    return check(pid > 0 && ended == pid && status == 42,
                 "fork: parent and child have pids of their own, wait gets the exit status");
}

static bool one_after_another(void)
{
    u32 good = 0;
    for (i32 i = 0; i < IN_TURN; i++) {
        i32 pid = fork();
        if (pid == 0)
            exit(i);
        good += wait_for(pid) == i;
    }
    return check(good == IN_TURN, "fork: a hundred children one after another");
}

// Forks until the kernel has no slot left. Each child that was made ends as it should.
static bool all_at_once(void)
{
    i32 made = 0, sum = 0, expected = 0, pid = 1, status;
    for (; made < AT_ONCE && (pid = fork()) > 0; made++)
        expected += made;
    if (pid == 0) {
        yield();
        exit(made);
    }
    for (i32 i = 0; i < made; i++)
        sum += wait(&status) > 0 ? status : 1000;
    return check(made > 16 && pid == TOO_MANY && sum == expected,
                 "fork: as many children at once as there is room, then an error");
}

static i32 generation(i32 left)
{
    if (left == 0)
        return 1;
    i32 pid = fork();
    if (pid == 0)
        exit(generation(left - 1));
    return wait_for(pid) + 1;
}

// The parent ends before its child does, and the child lives on.
static bool orphans(void)
{
    i32 fds[2];
    char byte = 0;
    pipe(fds);
    i32 pid = fork();
    if (pid == 0) {
        if (fork() == 0) {
            sleep(2);
            write(fds[1], "x", 1);
        }
        exit(0);
    }
    close(fds[1]);
    wait_for(pid);
    bool lives = read(fds[0], &byte, 1) == 1 && byte == 'x' && read(fds[0], &byte, 1) == 0;
    close(fds[0]);
    return check(lives, "fork: a child outlives its parent");
}

static bool all(void)
{
    bool ok = child_and_parent();
    ok &= one_after_another();
    ok &= all_at_once();
    ok &= check(generation(8) == 9, "fork: nine generations");
    ok &= check(wait(NULL) == NOT_FOUND, "wait: without children there is nothing to wait for");
    return ok & orphans(); // this comes last, since the first process inherits a child by it
}

int main(void)
{
    bool ok = all();
    i32 before = memory();
    for (i32 i = 0; i < 20; i++) {
        i32 pid = fork();
        if (pid == 0)
            exit(0);
        wait_for(pid);
    }
    ok &= check(memory() == before, "fork: every page comes back");
    return ok ? 0 : FAILED;
}
