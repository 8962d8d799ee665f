// The read-only file system, as it lies on a disk or in memory. mkfs.c makes it on the host, and
// kernel/volume.c reads it. It is a flat list of files, whose names are whole paths; each file
// is one run of bytes. All numbers are little-endian.
//
//     +--------+---------+---------+-----+---------+---------------+---------------+
//     | header | entry 0 | entry 1 | ... | entry n | file 0 ...    | file 1 ...    |
//     +--------+---------+---------+-----+---------+---------------+---------------+
//     0        64        128                        each file starts at a multiple of 512
#ifndef KITE_VOLUME_H
#define KITE_VOLUME_H

#include <stdint.h>

#define VOLUME_MAGIC "kitefs1\n"
#define VOLUME_ALIGN 512
#define VOLUME_FILES 256 // at most
#define VOLUME_NAME 52

struct volume_header {
    char magic[8];
    uint32_t files;
    uint32_t bytes; // the size of the whole volume
    uint32_t unused[12];
};

struct volume_entry {
    char name[VOLUME_NAME]; // ends in 0
    uint32_t start, bytes;  // where the file's bytes are in the volume
    uint32_t unused;
};

#endif
