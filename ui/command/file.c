// Whole files in and out; "-" is standard input or output. Read ui/command/file.h first.
// Read next: ui/command/follow.c.
#include "ui/command/file.h"
#include "scenarios/host/files.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MESSAGE 512

static bool complain(const char *command, const char *message)
{
    fprintf(stderr, "trapeze %s: %s\n", command, message);
    return false;
}

// Standard input to its end, or to most + 1 bytes; NULL: out of memory.
static char *read_input(size_t most, size_t *size)
{
    size_t room = 1 << 16, used = 0, got;
    char *bytes = malloc(room + 1);
    while (bytes && used <= most && (got = fread(bytes + used, 1, room - used, stdin)) > 0) {
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
    char message[MESSAGE] = "standard input: out of memory";
    char *bytes = strcmp(path, "-") ? file_text(path, most, size, message, sizeof message)
                                    : read_input(most, size);
    if (bytes && ferror(stdin)) {
        snprintf(message, sizeof message, "standard input: %s; name a file, or give it some text",
                 strerror(errno));
        free(bytes);
        bytes = NULL;
    }
    if (bytes && *size > most) {
        snprintf(message, sizeof message, "standard input is larger than %zu MiB", most >> 20);
        free(bytes);
        bytes = NULL;
    }
    if (!bytes)
        complain(command, message);
    return bytes;
}

bool file_write(const char *command, const char *path, const void *bytes, size_t size)
{
    char message[MESSAGE];
    struct file_out out;
    if (!strcmp(path, "-")) {
        fwrite(bytes, 1, size, stdout); // the end of the program tells an error: output.h
        return true;
    }
    if (!file_out_open(&out, path, message, sizeof message))
        return complain(command, message);
    fwrite(bytes, 1, size, out.file); // an error is kept in the stream, and told by the commit
    return file_out_commit(&out, message, sizeof message) || complain(command, message);
}
