// submission(): what a lab's script may see of a student's work. A submission is data: plain
// regular files of a folder, of limited size, read without following links or waiting for anything.
// Read scenarios/script/api.h and scenarios/grade/grade.h first.
#include "scenarios/script/api.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUBMISSION_MAX (64u << 10) // bytes of a file

// The file, open for reading, or -1 and why not.
static int open_submitted(const char *folder, const char *name, struct stat *about,
                          const char **why)
{
    int dir = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int fd =
        dir < 0 ? -1 : openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    int error = errno;
    if (dir >= 0)
        close(dir);
    *why = NULL;
    if (fd < 0)
        *why = error == ELOOP    ? "is a symbolic link; submit the file itself"
               : error == ENOENT ? "is missing"
                                 : "cannot be opened";
    else if (fstat(fd, about) || !S_ISREG(about->st_mode))
        *why = "is not a regular file; submit a text file";
    else if (about->st_size > (off_t)SUBMISSION_MAX)
        *why = "is too large: at most 64 KiB are read";
    if (*why && fd >= 0) {
        close(fd);
        return -1;
    }
    return fd;
}

// At most SUBMISSION_MAX bytes, however the file grows meanwhile. -1: it cannot be read.
static ssize_t read_submitted(int fd, char *to)
{
    size_t size = 0;
    while (size < SUBMISSION_MAX) {
        ssize_t n = read(fd, to + size, SUBMISSION_MAX - size);
        if (n < 0)
            return -1;
        if (n == 0)
            break;
        size += (size_t)n;
    }
    return (ssize_t)size;
}

// submission("answers.txt") -> its text; or nil and why ("is missing")
static int submission(lua_State *L)
{
    struct scenario *sc = scenario_of(L);
    size_t size = 0;
    const char *name = luaL_checklstring(L, 1, &size);
    luaL_argcheck(L, size && strlen(name) == size && !strchr(name, '/') && *name != '.', 1,
                  "a plain file name is wanted");
    char *bytes = lua_newuserdatauv(L, SUBMISSION_MAX, 0);
    struct stat about;
    const char *why = NULL;
    int fd = open_submitted(sc->options.submission, name, &about, &why);
    ssize_t got = fd < 0 ? -1 : read_submitted(fd, bytes);
    if (fd >= 0)
        close(fd);
    if (got >= 0) {
        lua_pushlstring(L, bytes, (size_t)got);
        return 1;
    }
    lua_pushnil(L);
    lua_pushstring(L, why ? why : "cannot be read");
    return 2;
}

void lua_open_grade(lua_State *L)
{
    const struct scenario_options *o = &scenario_of(L)->options;
    if (o->task) {
        lua_pushstring(L, o->task);
        lua_setglobal(L, "task");
    }
    if (o->submission)
        lua_register(L, "submission", submission);
}
