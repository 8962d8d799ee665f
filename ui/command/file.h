// Whole files in and out, for the commands that convert them. A file is written whole or not at
// all. Messages go to stderr, with the command's name and the path.
#ifndef UI_COMMAND_FILE_H
#define UI_COMMAND_FILE_H

#include "isa/types.h"

// All bytes of the regular file, or standard input ("-"), at most `most`; a zero byte follows them.
// The caller frees. NULL: a message.
char *file_read(const char *command, const char *path, size_t most, size_t *size);

// Writes a new file beside the path and renames it, or writes to standard output ("-"). False: a
// message, and the old file is as it was.
bool file_write(const char *command, const char *path, const void *bytes, size_t size);

#endif
