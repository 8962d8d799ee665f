// exectest: one program becomes another.
#include "scenarios/guests/kite/user/test.h"

// Runs a program whose output goes into a pipe. Returns how many bytes came, and its status.
static i32 capture(char **argv, char *output, u32 size, i32 *status)
{
    i32 fds[2], total = 0;
    pipe(fds);
    i32 pid = fork();
    if (pid == 0) {
        char path[32] = "/bin/";
        memcpy(path + 5, argv[0], strlen(argv[0]) + 1);
        close(1);
        dup(fds[1]);
        close(fds[0]);
        close(fds[1]);
        exec(path, argv);
        exit(99);
    }
    close(fds[1]);
    for (i32 n; (n = read(fds[0], output + total, size - 1 - (u32)total)) > 0;)
        total += n;
    output[total] = 0;
    close(fds[0]);
    *status = wait_for(pid);
    return total;
}

static bool arguments(void)
{
    char output[64], *argv[] = {"echo", "one", "", "two  three", NULL};
    i32 status, n = capture(argv, output, sizeof output, &status);
    return check(n == 16 && status == 0 && strcmp(output, "one  two  three\n") == 0,
                 "exec: arguments arrive, an empty one too");
}

static bool refusals(void)
{
    char *argv[] = {"x", NULL}, *many[64], *kernel[] = {(char *)0x80400000u, NULL};
    for (u32 i = 0; i < 63; i++)
        many[i] = "word";
    many[63] = NULL;
    bool ok = check(exec("/bin/nothing", argv) == NOT_FOUND, "exec: a program that is not there");
    ok &= check(exec("/etc/motd", argv) == BAD_PROGRAM, "exec: a file that is no program");
    ok &= check(exec("/bin/echo", many) == TOO_MANY, "exec: too many arguments");
    ok &= check(exec("/bin/echo", kernel) == BAD_ADDRESS,
                "exec: arguments that are not the caller's");
    return ok & check(exec((const char *)4, argv) == BAD_ADDRESS, "exec: a path that is nowhere");
}

// The new program starts with memory of its own. What the old program had allocated and written
// is gone.
static i32 grow_then_exec(void)
{
    char *heap = sbrk(100000), *argv[] = {"wc", "/etc/fruit", NULL};
    memset(heap, 'x', 100000);
    exec("/bin/wc", argv);
    return 1;
}

int main(void)
{
    bool ok = arguments();
    ok &= refusals();
    i32 fds[2], n;
    char output[32];
    pipe(fds);
    i32 pid = fork();
    if (pid == 0) {
        close(1);
        dup(fds[1]);
        close(fds[1]);
        exit(grow_then_exec());
    }
    close(fds[1]);
    n = read(fds[0], output, sizeof output);
    close(fds[0]);
    i32 status = wait_for(pid);
    ok &= check(n == 7 && memcmp(output, "6 6 36\n", 7) == 0 && status == 0,
                "exec: open files stay open, memory is new");
    return ok ? 0 : FAILED;
}
