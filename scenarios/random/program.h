// A random program as text: pieces of assembly that can be left out one by one, which is how a
// failing program is shrunk.
//
//     head (kept) | body piece | ... | end (kept) | table piece | ... | tail (kept)
//
// Each body piece is independent of the others: it may begin in either mode and any address
// space, and it leads to the next piece whatever traps on the way.
#ifndef RANDOM_PROGRAM_H
#define RANDOM_PROGRAM_H

#include "isa/types.h"
#include "scenarios/random/rng.h"

#include <stdio.h>

struct piece {
    const char *kind; // the generator's name for it
    char *text;
    bool keep;  // part of the frame: never left out
    bool whole; // left out as a whole or not at all (an edit and its fence)
    bool gone;  // left out
};

// The options of the machine for the program, at every depth.
struct run_options {
    bool adue, misaligned_emulate;
    u8 virtio;     // enum virtio_version
    u8 disk_slot;  // of the virtio disk
    u32 harts;     // 1 to LAYOUT_HARTS
    u32 ram;       // bytes
    u32 vmm_pages; // of each VMM's own memory: 7 for its records, at least 4 for shadows; 0: plenty
    u32 late; // not 0: a T32 VMM on the machine starts so many ticks before the low word of time
              // overflows
    const char *kernel; // a kernel's file to run instead of a random program, and its boot
                        // arguments; or NULL
    const char *append;
    const char *vmm_image; // the VMM as T32 code: a file
    bool events;           // a hash of every event of the run is wanted
};

// What may stand in a program.
enum program_kind {
    PROGRAM_USUAL,
    PROGRAM_PORTABLE, // only what QEMU does in the same way: see gen.h
    PROGRAM_WIDE,     // also what is rare: more harts and RAM, and the blocks of blocks_wide.c
    PROGRAM_SHORT,    // fewer blocks, for VMMs inside VMMs, where each exit is many
};

struct program {
    u64 seed;
    bool portable, wide, is_short; // see enum program_kind
    u32 spaces;                    // how many address spaces have tables
    struct run_options options;
    struct rng rng;
    bool small_pages[2][5]; // does space s map identity [0] and alias [1] by 4 KiB pages?
    u32 harts, hart;        // how many, and whose code is being written
    u32 space;              // the address space that is probably in force where the generator is
    u32 count, room;
    struct piece *pieces;
    FILE *writing; // the piece being written
    size_t writing_size;
};

void program_free(struct program *p);

// Writes a piece: begin, then lines, then end. In a line some things are drawn in the order in
// which they are written, which arguments of a C function are not: @d a register to write, @s any
// register, @r one of x8 to x26, @0 the same or x0, @5 5 bits, @i an immediate of 12 bits, @u one
// of 20; @h is the hart. At most one argument may draw too.
void piece_begin(struct program *p, const char *kind, bool keep, bool whole);
void piece_line(struct program *p, const char *format, ...) __attribute__((format(printf, 2, 3)));
void piece_end(struct program *p);

// Returns the text of all pieces that are not left out. The caller frees it.
char *program_text(const struct program *p);

// Returns how many body and table pieces are left.
u32 program_size(const struct program *p);

#endif
