// Puts a guest into memory: image, initrd, boot arguments, device tree. One function serves the
// machine's own kernel and every guest of a VMM. So a guest finds the same bytes at the same
// addresses at every depth. They follow from its description alone.
//
//     0x80000000   0x80400000                                               end of RAM
//     |            | kernel image (ELF: where it says) ... | device tree | initrd |
//                                                          ^ both page-aligned, at the end
//
// With 4 MiB of RAM or less, a kernel that is not an ELF file stands at 0x80000000. Everything is
// checked before the first byte is written.
// Read next: sim/load/lines.h.
#ifndef SIM_LOAD_LOAD_H
#define SIM_LOAD_LOAD_H

#include "sim/machine.h"
#include "sim/load/lines.h"
#include "sim/load/symbols.h"

#define LOAD_ERROR 4096   // room for any message
#define LOAD_APPEND 2048u // boot arguments have fewer bytes than this

struct load_spec {
    const char *image;  // a file: ELF32, .s, or flat
    const char *source; // NULL, or assembly text instead of a file; `image` is its name in messages
    const char *initrd; // a file, or NULL
    const char *append; // boot arguments, or NULL
    u32 harts;          // as the device tree tells the guest
    bool adue;
    bool h;      // its harts have the hypervisor extension
    u32 profile; // the assembler knows the instructions of that profile
};

// The RAM of a guest: `size` zero bytes, which the guest will see at BOARD_RAM. `touch` (it may be
// NULL) is called before bytes change.
struct load_window {
    u8 *ram;
    u32 size;
    void (*touch)(void *context, u32 offset, u32 bytes);
    void *context;
};

struct load_result {
    gpa entry;       // the first pc of a hart
    gpa device_tree; // and its a1
    u32 device_tree_size;
    gpa initrd;
    u32 initrd_size; // 0: none
    // The ELF header announces compressed instructions. The code holds none, so the kernel can run.
    bool only_marked_compressed;
    struct symbols symbols;
    struct lines lines;
};

// Loads a guest. If the result is false, RAM is unchanged, *result holds nothing, and `error`
// (LOAD_ERROR bytes are enough) names the file, the place in it, and a way to mend it.
bool load_guest(const struct load_spec *spec, const struct load_window *window,
                struct load_result *result, char *error, size_t error_size);

// The same for `size` bytes of the machine's RAM at `at`. They must be RAM (machine_ram_has).
bool load_machine(struct machine *m, mpa at, u32 size, const struct load_spec *spec,
                  struct load_result *result, char *error, size_t error_size);

void load_result_free(struct load_result *result);

#endif
