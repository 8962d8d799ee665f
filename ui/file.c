// Whole files in and out. Read ui/file.h first.
#include "ui/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool complain(const char *command, const char *path, const char *why)
{
    fprintf(stderr, "trapeze %s: %s: %s\n", command, path, why);
    return false;
}

// The file, open for reading; a FIFO or a terminal is waited for, a folder or device is not read.
static FILE *open_input(const char *command, const char *path)
{
    struct stat info;
    if (!strcmp(path, "-"))
        return stdin;
    if (stat(path, &info)) {
        complain(command, path, strerror(errno));
        return NULL;
    }
    if (!S_ISREG(info.st_mode) && !S_ISFIFO(info.st_mode)) {
        complain(command, path, S_ISDIR(info.st_mode) ? "is a folder; name a file" : "is not a file");
        return NULL;
    }
    FILE *in = fopen(path, "rb");
    if (!in)
        complain(command, path, strerror(errno));
    return in;
}

// Reads to the end, or to most + 1 bytes.
static char *read_all(FILE *in, size_t most, size_t *size)
{
    size_t room = 1 << 16, used = 0, got;
    char *bytes = malloc(room + 1);
    while (bytes && used <= most && (got = fread(bytes + used, 1, room - used, in)) > 0) {
        used += got;
        if (used < room)
            continue;
        char *more = realloc(bytes, (room *= 2) + 1);
        if (!more)
            free(bytes);
        bytes = more;
    }
    if (bytes)
        bytes[used] = 0;
    *size = used;
    return bytes;
}

char *file_read(const char *command, const char *path, size_t most, size_t *size)
{
    char why[64];
    FILE *in = open_input(command, path);
    if (!in)
        return NULL;
    char *bytes = read_all(in, most, size);
    bool failed = ferror(in) != 0;
    if (in != stdin)
        fclose(in);
    snprintf(why, sizeof why, "is larger than %zu MiB", most >> 20);
    if (bytes && !failed && *size <= most)
        return bytes;
    complain(command, path, !bytes ? "out of memory" : failed ? strerror(errno) : why);
    free(bytes);
    return NULL;
}

static bool write_all(FILE *out, const void *bytes, size_t size)
{
    return fwrite(bytes, 1, size, out) == size && !fflush(out);
}

// Devices (/dev/null, /dev/stdout) are written to as they are: there is nothing to keep whole.
static bool is_special(const char *path)
{
    struct stat info;
    return !stat(path, &info) && !S_ISREG(info.st_mode);
}

bool file_write(const char *command, const char *path, const void *bytes, size_t size)
{
    char beside[4096];
    if (!strcmp(path, "-"))
        return write_all(stdout, bytes, size) || complain(command, "standard output", strerror(errno));
    bool special = is_special(path);
    int length = special ? snprintf(beside, sizeof beside, "%s", path)
                         : snprintf(beside, sizeof beside, "%s.%ld.part", path, (long)getpid());
    FILE *out = length < (int)sizeof beside ? fopen(beside, "wb") : NULL;
    if (!out)
        return complain(command, path, length < (int)sizeof beside ? strerror(errno) : "the name is too long");
    bool written = write_all(out, bytes, size);
    int why = errno;
    written &= !fclose(out);
    if (written && (special || !rename(beside, path)))
        return true;
    why = written ? errno : why;
    if (!special)
        unlink(beside);
    return complain(command, path, strerror(why));
}
