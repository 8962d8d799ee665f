// Reads a file that a person named on a command line or in a script. If something is wrong with
// the file, one message says what.
#ifndef SIM_LOAD_FILE_H
#define SIM_LOAD_FILE_H

#include "isa/types.h"

#define LOAD_FILE_MOST 0x20000000u // 512 MiB: no file read whole is larger

// Where a message about `file` goes: "FILE: what is wrong; a way out", at most `size` bytes, closed
// by 0.
struct complaint {
    const char *file;
    char *to;
    size_t size;
};

// Always returns false, so a check can end in `return complain(...)`.
bool complain(const struct complaint *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// Reads the whole of a regular file. The caller frees *bytes, which is not NULL even if the file
// is empty. Returns false, after a message that says which, if the file does not exist, cannot
// be read, is no regular file, or is over LOAD_FILE_MOST, or if there is no memory.
bool load_file(const struct complaint *c, u8 **bytes, size_t *size);

#endif
