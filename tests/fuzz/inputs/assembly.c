// Assembly text. What the assembler makes of it must be an image that the loader takes.
// Read next: tests/fuzz/inputs/script.c.
#include "tests/fuzz/inputs/inputs.h"

#include "isa/asm/asm.h"
#include "isa/isa.h"
#include "sim/load/image.h"
#include "sim/load/load.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The ELF file of an image is read back. Then every word must be where the assembler put it.
static void read_back(const struct asm_image *made)
{
    char name[INPUT_NAME], error[LOAD_ERROR];
    size_t size;
    u8 *elf = asm_elf(made, &size);
    if (!elf)
        return; // memory lacks
    int fd = input_file(elf, size, name);
    struct complaint c = {name, error, sizeof error};
    struct image image;
    // An image may be empty, too large for this RAM, or start at an odd place: then it is refused.
    if (image_read(&image, 64u << 20, ISA_T32, &c)) {
        for (u32 i = 0; i < image.pieces; i++) {
            const struct piece *p = &image.piece[i];
            if (memcmp(p->bytes, made->bytes + (p->at - made->base), p->size))
                abort();
        }
        image_free(&image);
    }
    close(fd);
    free(elf);
}

void try_assembly(const u8 *bytes, size_t size)
{
    struct asm_image image;
    struct asm_errors errors;
    if (asm_assemble((const char *)bytes, size, "input.s", ASM_BASE, ISA_T32, &image, &errors)) {
        read_back(&image);
        asm_image_free(&image);
        return;
    }
    if (!errors.text || !errors.count)
        abort(); // it failed, and does not say why
    asm_errors_free(&errors);
}
