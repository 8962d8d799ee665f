// A box for programs that read what nobody vouches for. Contract: scenarios/grade/build.h. Source:
// landlock(7).
#include "scenarios/grade/build.h"

#include "scenarios/host/process.h"
#include "scenarios/script/text.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define NOBODY_ID 65534
#define STATUS_NO_BOX 126 // as a shell says "cannot be run" and "is not there"
#define STATUS_NO_PROGRAM 127

#define MAY_READ \
    (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define MAY_WRITE \
    (LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_REG)
// Everything that version 1 knows.
#define MAY_ANYTHING ((LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1)

// ---- in the child

static bool host_has_landlock(void)
{
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
}

static void limit(int resource, rlim_t value)
{
    struct rlimit l = {.rlim_cur = value, .rlim_max = value};
    setrlimit(resource, &l);
}

static bool allow(int rules, const char *path, u64 access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access};
    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return errno == ENOENT; // /lib64 is not everywhere
    bool good = !syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(rule.parent_fd);
    return good;
}

// From here on the process sees the system's programs and libraries, and its own folder. A source
// can embed such a file (.incbin), but everybody has these packages, so that tells nobody anything.
// Solutions, secrets and other submissions lie elsewhere: /usr/share and /usr/local are not seen.
static bool lock_files(const char *folder)
{
    struct landlock_ruleset_attr all = {.handled_access_fs = MAY_ANYTHING};
    int rules = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof all, 0);
    if (rules < 0)
        return false;
    bool good =
        allow(rules, "/usr/bin", MAY_READ) && allow(rules, "/usr/lib", MAY_READ) &&
        allow(rules, "/lib", MAY_READ) && allow(rules, "/lib64", MAY_READ) &&
        allow(rules, folder, MAY_READ | MAY_WRITE) &&
        allow(rules, "/dev/null", LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE) &&
        !syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
    return good;
}

static bool become_nobody(void)
{
    return !geteuid() && !setgroups(0, NULL) && !setgid(NOBODY_ID) && !setuid(NOBODY_ID);
}

static void set_limits(void)
{
    limit(RLIMIT_CPU, 10);           // seconds
    limit(RLIMIT_AS, 2ull << 30);    // bytes
    limit(RLIMIT_FSIZE, 8ull << 20); // bytes of a file
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_NOFILE, 64);
}

_Noreturn static void run_inside(char *const argv[], const char *folder, bool trust, int log)
{
    static char *const environment[] = {"PATH=/usr/bin", "LC_ALL=C", NULL};
    char program[64];
    snprintf(program, sizeof program, "/usr/bin/%.40s", argv[0]);
    int nothing = open("/dev/null", O_RDONLY);
    dup2(nothing, 0);
    dup2(log, 1);
    dup2(log, 2);
    closefrom(3);
    set_limits();
    bool there = !chdir(folder) && !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    // Where there is Landlock it has to hold. Without it, another user is a weaker box:
    // box_weakness says so.
    bool can_lock = host_has_landlock();
    bool locked = there && can_lock && lock_files(folder);
    bool nobody = there && become_nobody();
    process_end_with_parent();
    if (!there || !(locked || (nobody && !can_lock) || trust))
        _exit(STATUS_NO_BOX);
    execve(program, argv, environment);
    _exit(STATUS_NO_PROGRAM);
}

// ---- in the parent

const char *box_weakness(void)
{
    if (host_has_landlock())
        return "";
    return geteuid() ? "the compiler ran without a box (--trust), because this host has none"
                     : "the compiler ran as another user, but this host has no Landlock, so a "
                       "submission could read files that everybody may read";
}

// The rest of what a program prints is read and dropped.
static void read_log(int from, char *log, size_t log_size)
{
    char bytes[4096], *text = malloc(log_size);
    size_t size = 0;
    ssize_t n;
    while ((n = read(from, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; text && i < n && size < log_size / 4; i++)
            text[size++] = bytes[i];
    size_t used = strlen(log);
    if (text)
        text_clean(text, size, log + used, log_size - used);
    free(text);
}

enum box_end box_run(char *const argv[], const char *folder, bool trust, char *log, size_t log_size)
{
    int ends[2], status = 0;
    if (pipe2(ends, O_CLOEXEC))
        return BOX_NONE;
    pid_t child = process_fork();
    if (child == 0)
        run_inside(argv, folder, trust, ends[1]);
    close(ends[1]);
    if (child > 0)
        read_log(ends[0], log, log_size);
    close(ends[0]);
    if (child < 0)
        return BOX_NONE;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    int ended = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (ended == STATUS_NO_BOX || ended == STATUS_NO_PROGRAM)
        return BOX_NONE;
    size_t used = strlen(log);
    if (ended < 0)
        snprintf(log + used, log_size - used,
                 "%s was stopped: it may use 10 s, 2 GiB of memory and files of 8 MiB\n", argv[0]);
    return ended ? BOX_FAILED : BOX_DONE;
}
