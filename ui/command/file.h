// Reads and writes whole files, for the commands that convert them. A file is written whole or
// not at all. Messages go to stderr, with the command's name and the path.
#ifndef UI_COMMAND_FILE_H
#define UI_COMMAND_FILE_H

#include "isa/types.h"

// Returns all bytes of a regular file, or of standard input if the path is "-". The file may
// have `most` bytes. A zero byte follows the bytes. The caller frees the result. Returns NULL
// after a message.
char *file_read(const char *command, const char *path, size_t most, size_t *size);

// Writes a new file beside the path and then renames it, or writes to standard output if the
// path is "-". Returns false after a message; the old file is then as it was.
bool file_write(const char *command, const char *path, const void *bytes, size_t size);

#endif
