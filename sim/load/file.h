// Reading a file that somebody named on a command line or in a script, and saying in one message
// what is wrong with it.
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

// Always returns false, so that a check can end in `return complain(...)`.
bool complain(const struct complaint *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// The whole of a regular file, to be freed by the caller (never NULL, an empty file included).
// False: it does not exist, cannot be read, is not a regular file, is over LOAD_FILE_MOST, or
// memory lacks; the message says which.
bool load_file(const struct complaint *c, u8 **bytes, size_t *size);

#endif
