// submission() answers(): what a lab's script may see of a student's work. A submission is data:
// plain regular files of a folder, of limited size, read without following links or waiting for
// anything. Read scenarios/script/api.h first.
#include "scenarios/script/api.h"

#include "isa/asm/asm.h"
#include "scenarios/script/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUBMISSION_MAX (64u << 10) // bytes of a file
#define LINE_MOST 256              // bytes of a line of answers; no answer is nearly as long

static const char *why_not_opened(int error)
{
    if (error == ELOOP)
        return "is a symbolic link; submit the file itself";
    return error == ENOENT ? "is missing" : "cannot be opened";
}

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
        *why = why_not_opened(error);
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
    if (!sc->options.lab->submission)
        return luaL_error(L, "there is no submission now; ask for it inside a test");
    int fd = open_submitted(sc->options.lab->submission, name, &about, &why);
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

// ---- answers

// Pushes the string at a stack index without carriage returns. Returns NULL if it holds bytes that
// are no characters.
static const char *push_text(lua_State *L, int index)
{
    size_t size = 0;
    const char *text = lua_tolstring(L, index, &size);
    if (strlen(text) != size)
        return NULL;
    text = luaL_gsub(L, text, "\r", "");
    size = lua_rawlen(L, -1);
    char *clean = lua_newuserdatauv(L, 4 * size + 8, 0);
    bool same = text_clean(text, size, clean, 4 * size + 8) == size && !memcmp(text, clean, size);
    lua_pop(L, 1);
    return same ? text : NULL;
}

// The end of a text that is cut after `most` bytes, but never inside of a character (UTF-8).
static size_t cut_at(const char *text, size_t most)
{
    while (most && ((u8)text[most] & 0xc0) == 0x80)
        most--;
    return most;
}

// Pushes a line without its comment, with one blank where there are several, and none at its ends.
// The patterns of a lab's script meet no long runs of blanks and no long lines. On such a text a
// pattern can take a time that grows with the square of the length, or faster. Pushes nothing, and
// returns false, if nothing is left of the line.
static bool push_line(lua_State *L, const char *text, size_t size)
{
    luaL_Buffer line;
    size_t used = 0;
    bool blank = false;
    luaL_buffinit(L, &line);
    for (size_t i = 0; i < size && text[i] != '#'; i++) {
        if (strchr(" \t\r", text[i])) {
            blank = true;
            continue;
        }
        if (blank && used) {
            luaL_addchar(&line, ' ');
            used++;
        }
        luaL_addchar(&line, text[i]);
        used++;
        blank = false;
    }
    luaL_pushresult(&line);
    if (used > LINE_MOST) {
        const char *whole = lua_tostring(L, -1);
        lua_pushlstring(L, whole, cut_at(whole, LINE_MOST));
        lua_pushliteral(L, "...");
        lua_concat(L, 2);
        lua_remove(L, -2);
    }
    if (!used)
        lua_pop(L, 1);
    return used;
}

// Adds {line = N, text = "..."} to the table on top of the stack, unless the line has no answer.
static void add_line(lua_State *L, lua_Integer number, const char *text, size_t size)
{
    if (!push_line(L, text, size))
        return;
    lua_createtable(L, 0, 2);
    lua_pushinteger(L, number);
    lua_setfield(L, -2, "line");
    lua_insert(L, -2);
    lua_setfield(L, -2, "text");
    lua_rawseti(L, -2, (lua_Integer)lua_rawlen(L, -2) + 1);
}

static int complain(lua_State *L, const char *why)
{
    lua_pushnil(L);
    lua_pushfstring(L, "%s %s", lua_tostring(L, 1), why);
    return 2;
}

// answers("answers.txt") -> its lines without comments, {{line = 3, text = "ecall-u ..."}, ...};
// or nil and what is wrong with the file
static int answers(lua_State *L)
{
    static const char mark[] = "\xef\xbb\xbf"; // some editors write a byte-order mark first
    luaL_argcheck(L, lua_gettop(L) <= 1, 2, "answers takes a file name and nothing else");
    if (submission(L) == 2)
        return complain(L, lua_tostring(L, -1));
    const char *text = push_text(L, -1);
    if (!text)
        return complain(L, "is not a text file: it has bytes that are no characters");
    text += strncmp(text, mark, 3) ? 0 : 3;
    size_t size = strlen(text);
    lua_newtable(L);
    lua_Integer number = 1;
    for (size_t at = 0; at < size; number++) {
        const char *end = memchr(text + at, '\n', size - at);
        size_t length = end ? (size_t)(end - (text + at)) : size - at;
        add_line(L, number, text + at, length);
        at += length + 1;
    }
    if (!lua_rawlen(L, -1))
        return complain(L, "is empty");
    return 1;
}

// statements(text) -> how many statements the assembler reads in it
static int statements(lua_State *L)
{
    size_t size = 0;
    const char *text = luaL_checklstring(L, 1, &size);
    lua_pushinteger(L, asm_statements(text, size));
    return 1;
}

void lua_open_submission(lua_State *L)
{
    lua_register(L, "statements", statements);
    lua_register(L, "submission", submission);
    lua_register(L, "answers", answers);
}
