// Files of the host, carefully. Read scenarios/host/files.h first.
// Read next: scenarios/host/folder.h.
#include "scenarios/host/files.h"

#include "sim/load/file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

char *file_join(const char *dir, const char *name)
{
    char *joined = NULL;
    if (asprintf(&joined, "%s%s%s", dir ? dir : "", dir && *dir ? "/" : "", name) < 0)
        return NULL;
    return joined;
}

bool file_is_same(const char *a, const char *b)
{
    struct stat x, y;
    return !stat(a, &x) && !stat(b, &y) && x.st_dev == y.st_dev && x.st_ino == y.st_ino;
}

bool file_exists(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0;
}

bool file_is_regular(const char *path)
{
    struct stat s;
    return !stat(path, &s) && S_ISREG(s.st_mode);
}

char *file_text(const char *path, size_t most, size_t *size, char *error, size_t error_size)
{
    struct complaint c = {path, error, error_size};
    u8 *bytes = NULL;
    if (!load_file(&c, &bytes, size))
        return NULL;
    char *text = *size <= most ? realloc(bytes, *size + 1) : NULL;
    if (text) {
        text[*size] = 0;
        return text;
    }
    if (*size > most)
        complain(&c, "it has %zu bytes; at most %zu are read; is it the right file?", *size, most);
    else
        complain(&c, "no memory for its %zu bytes", *size);
    free(bytes);
    return NULL;
}

static bool fails(struct file_out *out, const char *what, char *error, size_t error_size)
{
    snprintf(error, error_size, "%s: %s: %s; choose a file in a folder that can be written",
             out->path ? out->path : "(no memory)", what, strerror(errno));
    file_out_discard(out);
    return false;
}

// Opens a temporary file beside the target: on the same file system renaming it is one step. It
// gets the permissions that any new file would have, which mkstemp does not give.
static bool open_temporary(struct file_out *out)
{
    if (asprintf(&out->temporary, "%s.XXXXXX", out->path) < 0) {
        out->temporary = NULL;
        return false;
    }
    int fd = mkstemp(out->temporary);
    if (fd < 0) {
        free(out->temporary);
        out->temporary = NULL;
        return false;
    }
    mode_t mask = umask(0);
    umask(mask);
    fchmod(fd, 0666 & ~mask);
    out->file = fdopen(fd, "w");
    if (!out->file)
        close(fd);
    return out->file;
}

// Does the name stand for a file that this process has open already, as /dev/stdout does? Then the
// file is what the name leads to, whatever kind it has, and a new file must not take the name's
// place.
static bool is_open_already(const char *path)
{
    char target[64] = "";
    const char *name = readlink(path, target, sizeof target - 1) > 0 ? target : path;
    return !strncmp(name, "/proc/self/fd/", 14) || !strncmp(path, "/dev/fd/", 8);
}

bool file_out_open(struct file_out *out, const char *path, char *error, size_t error_size)
{
    // A temporary file could be made beside an empty name, but it could never be put in place.
    if (!*path) {
        *out = (struct file_out){0};
        snprintf(error, error_size, "the name of a file is empty; say which file to write");
        return false;
    }
    char *target = realpath(path, NULL); // a link stays, and what it leads to is replaced
    struct stat s;
    bool direct = is_open_already(path) || (!stat(path, &s) && !S_ISREG(s.st_mode));
    *out = (struct file_out){.path = strdup(target && !direct ? target : path)};
    free(target);
    if (!out->path)
        return fails(out, "cannot write", error, error_size);
    // Appending keeps what others have written to an open file, as a shell's > does for its
    // commands.
    if (direct)
        out->file = fopen(path, "a");
    if (direct ? !out->file : !open_temporary(out))
        return fails(out, "cannot write", error, error_size);
    return true;
}

bool file_out_commit(struct file_out *out, char *error, size_t error_size)
{
    bool written = !fflush(out->file) && !ferror(out->file);
    FILE *file = out->file;
    out->file = NULL;
    if (fclose(file) || !written)
        return fails(out, "not everything could be written", error, error_size);
    if (out->temporary && rename(out->temporary, out->path))
        return fails(out, "cannot be put in place", error, error_size);
    free(out->temporary);
    free(out->path);
    *out = (struct file_out){0};
    return true;
}

void file_out_discard(struct file_out *out)
{
    if (out->file)
        fclose(out->file);
    if (out->temporary)
        unlink(out->temporary);
    free(out->temporary);
    free(out->path);
    *out = (struct file_out){0};
}
