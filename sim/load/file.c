// Whole files, and complaints about them. A file must be a regular one: a pipe or a terminal has no
// size to check, and could keep us waiting.
#include "sim/load/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

bool complain(const struct complaint *c, const char *format, ...)
{
    if (c->size == 0)
        return false;
    int used = snprintf(c->to, c->size, "%s: ", c->file);
    if (used < 0 || (size_t)used >= c->size)
        return false;
    va_list list;
    va_start(list, format);
    vsnprintf(c->to + used, c->size - used, format, list);
    va_end(list);
    return false;
}

static bool read_all(const struct complaint *c, int fd, u8 *to, size_t size)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = read(fd, to + done, size - done);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return complain(c, "cannot read it: %s", strerror(errno));
        if (got == 0)
            return complain(
                c, "it became shorter while it was read; try again when nobody writes to it");
        done += (size_t)got;
    }
    return true;
}

static bool read_open(const struct complaint *c, int fd, u8 **bytes, size_t *size)
{
    struct stat about;
    if (fstat(fd, &about) < 0)
        return complain(c, "cannot look at it: %s", strerror(errno));
    if (S_ISDIR(about.st_mode))
        return complain(c, "it is a folder; name a file in it");
    if (!S_ISREG(about.st_mode))
        return complain(c, "it is not a regular file; copy what it holds into one");
    if (about.st_size > (off_t)LOAD_FILE_MOST)
        return complain(c, "it has %lld bytes; at most %u can be loaded", (long long)about.st_size,
                        LOAD_FILE_MOST);
    *size = (size_t)about.st_size;
    *bytes = malloc(*size ? *size : 1);
    if (!*bytes)
        return complain(c, "no memory for its %zu bytes", *size);
    if (read_all(c, fd, *bytes, *size))
        return true;
    free(*bytes);
    *bytes = NULL;
    return false;
}

bool load_file(const struct complaint *c, u8 **bytes, size_t *size)
{
    int fd = open(c->file, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return complain(c, "cannot open it: %s; check the name and the folder", strerror(errno));
    bool read = read_open(c, fd, bytes, size);
    close(fd);
    return read;
}
