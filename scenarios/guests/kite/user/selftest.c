// selftest: runs every test program and says whether all of them passed. If it is the first
// process (boot argument `selftest`), the machine is switched off when it ends, as well or as
// failed.
//
//     selftest [ROUNDS [NAME...]]      so many rounds; only these programs
// Read next: ui/terminal/cells.h.
#include "scenarios/guests/kite/user/test.h"

static const char *const tests[] = {"forktest", "exectest",  "pipetest", "filetest",   "pagetest",
                                    "cowtest",  "faulttest", "calltest", "atomictest", "timetest"};
enum { TESTS = sizeof tests / sizeof tests[0] };

static i32 run(const char *name)
{
    char path[64] = "/bin/";
    if (strlen(name) >= sizeof path - 5)
        return NOT_FOUND;
    memcpy(path + 5, name, strlen(name) + 1);
    char *argv[] = {(char *)name, NULL};
    i32 pid = fork();
    if (pid == 0) {
        exec(path, argv);
        exit(127);
    }
    return wait_for(pid);
}

// Runs each of the programs. Returns how many of them failed.
static u32 run_all(const char *const *names, u32 count)
{
    u32 failed = 0;
    for (u32 i = 0; i < count; i++) {
        printf("%s:\n", names[i]);
        i32 status = run(names[i]);
        failed += status != 0;
        if (status != 0)
            printf("FAIL %s ended by %s, status %d\n", names[i], cause_name(status), status);
    }
    return failed;
}

int main(int argc, char **argv)
{
    u32 failed = 0, some = argc > 2 ? (u32)argc - 2 : 0, runs = 0;
    for (u32 rounds = argc > 1 ? number(argv[1]) : 1; rounds > 0; rounds--) {
        failed += some ? run_all((const char *const *)argv + 2, some) : run_all(tests, TESTS);
        runs += some ? some : TESTS;
    }
    // As the first process it inherits all orphans, so it can see that no process is left.
    if (getpid() == 1)
        while (wait(NULL) > 0)
            ;
    if (failed)
        printf("selftest: %u of %u programs failed\n", failed, runs);
    else
        printf("selftest: all passed\n");
    return failed != 0;
}
