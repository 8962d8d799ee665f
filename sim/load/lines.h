// The source lines of addresses, for people. They come from the line information of an ELF file
// (DWARF, which clang and gcc write with -g), or from our assembler.
//
//     address      file                   line
//     80400128     kernel/trap.c          41      each row holds until the next address
//     80400130     kernel/trap.c          42
//     80400138     -                      0       no source line from here on
//
// An image cannot be trusted, so a name is cut to LINES_NAME bytes and holds printable ASCII
// only, and a file of that name need not exist. Code that opens the file checks it as any other
// file.
// Read next: sim/load/image.h.
#ifndef SIM_LOAD_LINES_H
#define SIM_LOAD_LINES_H

#include "isa/types.h"

#define LINES_NAME 256      // bytes of a file name, with the closing 0
#define LINES_MOST 1000000u // rows of one image; the rest is left out
#define LINES_FILES 4096u   // files of one image; rows of further files are left out

struct line_row {
    gva address;
    u32 file;  // index in `files`
    u32 line;  // from 1; 0: no source line from here on
    u32 order; // rows of one address stay as they came: the last one counts
};

struct lines {
    struct line_row *rows; // by address
    u32 count;
    char **files;
    u32 file_count;
    // An ELF file whose lines were not read yet. Reading takes a millisecond, and most runs need
    // no lines, so the first call of lines_find reads it.
    u8 *unread;
    size_t unread_size;
};

// The rows will come from these bytes of an ELF file, which now belong to `l`. An image without
// line information, or with a damaged one, has no rows or fewer, since a line is a convenience.
void lines_from_elf(struct lines *l, u8 *bytes, size_t size);
// Appends a row. The addresses never fall from one row to the next.
void lines_add(struct lines *l, gva address, const char *file, u32 line);
void lines_free(struct lines *l);

// Finds the source line of the instruction at `address`. Returns false if the image does not
// tell. *file lives as long as `l`.
bool lines_find(struct lines *l, gva address, const char **file, u32 *line);

#endif
