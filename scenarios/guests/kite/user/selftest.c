// selftest: runs every test program and says whether all of them passed. As the first process (boot argument
// `selftest`) its end is the machine's: switched off, as well or as failed.
#include "scenarios/guests/kite/user/test.h"

static const char *const tests[] = {"forktest", "exectest",  "pipetest", "filetest",   "pagetest",
                                    "cowtest",  "faulttest", "calltest", "atomictest", "timetest"};
enum { TESTS = sizeof tests / sizeof tests[0] };

static i32 run(const char *name)
{
    char path[32] = "/bin/";
    memcpy(path + 5, name, strlen(name) + 1);
    char *argv[] = {(char *)name, NULL};
    i32 pid = fork();
    if (pid == 0) {
        exec(path, argv);
        exit(127);
    }
    return wait_for(pid);
}

int main(void)
{
    u32 failed = 0;
    for (u32 i = 0; i < TESTS; i++) {
        printf("%s:\n", tests[i]);
        i32 status = run(tests[i]);
        failed += status != 0;
        if (status != 0)
            printf("FAIL %s ended by %s, status %d\n", tests[i], cause_name(status), status);
    }
    // As the first process, whose dead orphans are its own to bury, it sees that nothing of all this is left.
    if (getpid() == 1)
        while (wait(NULL) > 0)
            ;
    if (failed)
        printf("selftest: %u of %u programs failed\n", failed, (u32)TESTS);
    else
        printf("selftest: all passed\n");
    return failed != 0;
}
