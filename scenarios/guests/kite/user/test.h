// What the test programs share. Each prints a line for each fact that it has tested, and its
// exit status says whether all were true. No line depends on time, on numbers of processes, or
// on which process ran first.
#ifndef KITE_TEST_H
#define KITE_TEST_H

#include "scenarios/guests/kite/user/kite.h"

#define FAILED 1

// Prints the result; returns ok.
static inline bool check(bool ok, const char *what)
{
    printf("%s %s\n", ok ? "PASS" : "FAIL", what);
    return ok;
}

// Waits for that child, and takes the status of others that end before it (the first process
// inherits orphans). Returns its status, or an error.
static inline i32 wait_for(i32 pid)
{
    i32 status, ended;
    do
        ended = wait(&status);
    while (ended > 0 && ended != pid);
    return ended < 0 ? ended : status;
}

// Runs a function in a child, whose exit status is its result. Returns the status that wait
// reports.
static inline i32 in_child(i32 (*function)(void))
{
    i32 pid = fork();
    if (pid == 0)
        exit(function());
    return pid < 0 ? pid : wait_for(pid);
}

#endif
