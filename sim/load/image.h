// A kernel image as its file describes it: which bytes go to which address, and where the kernel
// starts. There are three kinds of file:
//
//     an ELF32 executable for RISC-V    loaded at its segments' physical addresses
//     NAME.s or NAME.S                  assembled by isa/asm/asm.h, at 0x80400000
//     anything else                     flat: loaded and started at 0x80400000
//
// If RAM ends at 0x80400000 or before, the address is 0x80000000 instead.
//
// A file may be hostile, so it is checked completely. The result is consistent in itself and
// lies in RAM.
// Read next: sim/load/fdt.h.
#ifndef SIM_LOAD_IMAGE_H
#define SIM_LOAD_IMAGE_H

#include "sim/load/file.h"
#include "sim/load/lines.h"
#include "sim/load/symbols.h"

#define IMAGE_PIECES 64 // segments to load that an ELF file may have

struct piece {
    gpa at;
    u32 size;   // bytes that come from the file
    u32 memory; // bytes that it occupies, at least `size`; the rest of them is zero
    const u8 *bytes;
};

struct image {
    struct piece piece[IMAGE_PIECES]; // none overlap, all in RAM
    u32 pieces;
    gpa entry; // 4-byte aligned, in a piece
    struct symbols symbols;
    struct lines lines;
    // The ELF header announces compressed instructions, and the code holds none.
    bool only_marked_compressed;
    u8 *owned;       // the bytes that the pieces point into
    size_t elf_size; // of `owned`, if it is an ELF file with line information; else 0
};

// Reads `c->file` for a guest with `ram` bytes at BOARD_RAM. The assembler knows the
// instructions of `profile`. If the result is false, *image holds nothing, and the message says
// what is wrong, where, and how to mend it. (Messages of the assembler have several lines.)
bool image_read(struct image *image, u32 ram, u32 profile, const struct complaint *c);
// The same for assembly text in memory. `c->file` is its name in messages.
bool image_read_text(struct image *image, const char *text, u32 ram, u32 profile,
                     const struct complaint *c);
void image_free(struct image *image);

// ---- for the readers of each kind of file

// Returns the address for a kernel that has no address of its own.
gpa image_kernel_base(u32 ram);

// Appends a piece if it lies in RAM and overlaps no other. `what` names it in messages.
bool image_add(struct image *image, const struct piece *piece, const char *what, u32 ram,
               const struct complaint *c);

// Reads the ELF file in image->owned. image_read has checked its magic number.
bool image_elf(struct image *image, size_t size, u32 ram, const struct complaint *c);

#endif
