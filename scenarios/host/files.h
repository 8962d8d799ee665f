// Files of the host, with care: what is read may be anything, and what is written is written whole
// or not at all.
// Read next: scenarios/host/files.c.
#ifndef SCENARIOS_HOST_FILES_H
#define SCENARIOS_HOST_FILES_H

#include "isa/types.h"

#include <stdio.h>

// The text of a regular file (malloc'ed), closed by a zero byte that *size does not count. NULL and
// a message that begins with the path: sim/load/file.h's reasons, or more than `most` bytes.
char *file_text(const char *path, size_t most, size_t *size, char *error, size_t error_size);

// A file that is being written. It has a name of its own beside the target until file_out_commit
// puts it in the target's place. A target that is no regular file (/dev/stdout, a pipe) is written
// directly.
struct file_out {
    FILE *file;
    char *path;      // the target
    char *temporary; // NULL: written directly
};

bool file_out_open(struct file_out *out, const char *path, char *error, size_t error_size);
// Returns false and a message if something could not be written. Then nothing is left behind.
bool file_out_commit(struct file_out *out, char *error, size_t error_size);
// Gives the file up. After a commit or a failed open it does nothing.
void file_out_discard(struct file_out *out);

// "DIR/NAME", or NAME alone if dir is NULL or "". malloc'ed; NULL: memory lacks.
char *file_join(const char *dir, const char *name);
bool file_exists(const char *path); // of whatever kind
bool file_is_regular(const char *path);
// Do both names lead to one file that is there?
bool file_is_same(const char *a, const char *b);
// Where a file is, or would be if it were written, when all links are followed. malloc'ed; NULL and
// errno: its folder is not there, or the links lead in a circle.
char *file_target(const char *path);
// Does the name stand for a file that this process has open already, as /dev/stdout does? Then the
// file is what the name leads to, whatever kind it has, and a new file must not take the name's
// place.
bool file_is_stream(const char *path);
// Why the file could not be opened or written: the words for errno, or that it is a standard stream
// which is closed.
const char *file_why_not(const char *path);

#endif
