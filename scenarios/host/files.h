// Files of the host. A file that is read may have any contents, and a file is written whole or
// not at all.
// Read next: scenarios/host/files.c.
#ifndef SCENARIOS_HOST_FILES_H
#define SCENARIOS_HOST_FILES_H

#include "isa/types.h"

#include <stdio.h>

// Returns the text of a regular file, malloc'ed. A zero byte follows it, which *size does not
// count. Returns NULL, with a message in `error` that begins with the path, if the file cannot
// be read (sim/load/file.h) or has more than `most` bytes.
char *file_text(const char *path, size_t most, size_t *size, char *error, size_t error_size);

// A file that is being written. It has a name of its own beside the target. file_out_commit
// gives it the target's name. A target that is no regular file (/dev/stdout, a pipe) is written
// directly.
struct file_out {
    FILE *file;
    char *path;      // the target
    char *temporary; // NULL: written directly
};

bool file_out_open(struct file_out *out, const char *path, char *error, size_t error_size);
// Gives the file its name. Returns false, with a message in `error`, if something could not be
// written. No part of the file is left then.
bool file_out_commit(struct file_out *out, char *error, size_t error_size);
// Removes what was written. After a commit or a failed open it does nothing.
void file_out_discard(struct file_out *out);

// Returns "DIR/NAME", or NAME alone if dir is NULL or "", malloc'ed. Returns NULL if there is no
// memory.
char *file_join(const char *dir, const char *name);
bool file_exists(const char *path); // true for a file of any kind
bool file_is_regular(const char *path);
// Returns true if both names lead to the same file, and the file exists.
bool file_is_same(const char *a, const char *b);
// Returns where a file is, or would be if it were written, when all links are followed;
// malloc'ed. Returns NULL, and sets errno, if its folder does not exist, or if the links lead in
// a circle.
char *file_target(const char *path);
// Returns true if the name stands for a file that this process has open already, as /dev/stdout
// does. The file is then the one that the name leads to, of any kind, and a new file must not
// replace the name.
bool file_is_stream(const char *path);
// Returns why the file could not be opened or written: the words for errno, or that it is a
// standard stream which is closed.
const char *file_why_not(const char *path);

#endif
