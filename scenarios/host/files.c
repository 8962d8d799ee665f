// Files of the host, carefully. Read scenarios/host/files.h first.
// Read next: scenarios/host/process.h.
#include "scenarios/host/files.h"

#include "sim/load/file.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINKS_MOST 40 // links that lead on to links, as many as Linux follows

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

bool file_is_stream(const char *path)
{
    char target[64] = "";
    const char *name = readlink(path, target, sizeof target - 1) > 0 ? target : path;
    return !strncmp(name, "/proc/self/fd/", 14) || !strncmp(path, "/dev/fd/", 8);
}

// The program opens a folder in the place of a standard stream that is closed, so that no file of
// its own gets the stream's number (ui/command/output.c).
const char *file_why_not(const char *path)
{
    int error = errno;
    struct stat s;
    if (file_is_stream(path) && !stat(path, &s) && S_ISDIR(s.st_mode))
        return "it is closed";
    return strerror(error);
}

// Returns the folder of a path that ends in a name, with all links followed. Returns NULL, and
// sets errno, if there is no such folder.
static char *real_folder(const char *path, const char **name)
{
    const char *slash = strrchr(path, '/');
    *name = slash ? slash + 1 : path;
    char *folder = slash ? strndup(path, (size_t)(slash - path) + 1) : strdup(".");
    char *real = folder ? realpath(folder, NULL) : NULL;
    free(folder);
    return real;
}

// What stands in the place `path`, which realpath has not found: *end, a name for a new file; or
// *next, where a link leads. Both NULL and errno: neither.
static void look_at_missing(const char *path, char **end, char **next)
{
    char link[PATH_MAX];
    const char *name;
    char *folder = real_folder(path, &name);
    char *place = folder && *name ? file_join(folder, name) : NULL;
    *end = *next = NULL;
    ssize_t length = place ? readlink(place, link, sizeof link - 1) : -1;
    if (length < 0) {
        *end = place;
        place = NULL;
    } else {
        link[length] = 0;
        *next = *link == '/' ? strdup(link) : file_join(folder, link);
    }
    free(place);
    free(folder);
}

char *file_target(const char *path)
{
    char *at = strdup(path);
    for (int links = 0; at && links < LINKS_MOST; links++) {
        char *next, *end = realpath(at, NULL);
        if (end || errno != ENOENT) {
            free(at);
            return end;
        }
        look_at_missing(at, &end, &next);
        free(at);
        if (end || !next)
            return end;
        at = next;
    }
    free(at);
    errno = ELOOP;
    return NULL;
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
             out->path, what, file_why_not(out->path));
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

bool file_out_open(struct file_out *out, const char *path, char *error, size_t error_size)
{
    // A temporary file could be made beside an empty name, but it could never be put in place.
    if (!*path) {
        *out = (struct file_out){0};
        snprintf(error, error_size, "the name of a file is empty; say which file to write");
        return false;
    }
    struct stat s;
    bool direct = file_is_stream(path) || (!stat(path, &s) && !S_ISREG(s.st_mode));
    // A link stays, and what it leads to is replaced.
    *out = (struct file_out){.path = direct ? strdup(path) : file_target(path)};
    if (!out->path) {
        snprintf(error, error_size, "%s: cannot write: %s; choose a file in a folder that is there",
                 path, strerror(errno));
        return false;
    }
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
