// What kind of file an image is, and the two simple kinds: flat and assembled. Read next:
// sim/load/image_elf.c.
#include "sim/load/image.h"
#include "isa/asm/asm.h"
#include "isa/board/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Where a kernel that has no address of its own goes.
static gpa kernel_base(u32 ram)
{
    return ram > BOARD_KERNEL - BOARD_RAM ? BOARD_KERNEL : BOARD_RAM;
}

static bool overlap(const struct piece *a, const struct piece *b)
{
    return a->at < b->at + (u64)b->memory && b->at < a->at + (u64)a->memory;
}

bool image_add(struct image *image, const struct piece *piece, const char *what, u32 ram,
               const struct complaint *c)
{
    u64 end = piece->at + (u64)piece->memory, ram_end = BOARD_RAM + (u64)ram;
    if (piece->memory > ram)
        return complain(c,
                        "%s takes %u bytes of memory, but RAM has %u; give the guest more (--ram)",
                        what, piece->memory, ram);
    if (piece->at < BOARD_RAM || end > ram_end)
        return complain(c,
                        "%s, 0x%08x to 0x%08llx, is not in RAM, 0x%08x to 0x%08llx; link it at "
                        "0x%08x or give the guest more "
                        "RAM (--ram)",
                        what, piece->at, (unsigned long long)end, BOARD_RAM,
                        (unsigned long long)ram_end, kernel_base(ram));
    for (u32 i = 0; i < image->pieces; i++)
        if (overlap(piece, &image->piece[i]))
            return complain(c,
                            "%s, 0x%08x to 0x%08llx, overlaps another segment, 0x%08x to 0x%08llx; "
                            "look at the linker script",
                            what, piece->at, (unsigned long long)end, image->piece[i].at,
                            (unsigned long long)image->piece[i].at + image->piece[i].memory);
    if (image->pieces == IMAGE_PIECES)
        return complain(c, "it has more than %d segments to load; link it with fewer",
                        IMAGE_PIECES);
    image->piece[image->pieces++] = *piece;
    return true;
}

static bool image_flat(struct image *image, size_t size, u32 ram, const struct complaint *c)
{
    if (size == 0)
        return complain(c, "it is empty; name a kernel image (ELF32, flat binary or .s)");
    struct piece piece = {kernel_base(ram), (u32)size, (u32)size, image->owned};
    image->entry = piece.at;
    return image_add(image, &piece, "the flat image", ram, c);
}

static bool take_assembled(struct image *image, struct asm_image *from, u32 ram,
                           const struct complaint *c)
{
    if (from->size == 0)
        return complain(c, "it assembles to nothing; write an instruction");
    free(image->owned);
    image->owned = from->bytes;
    from->bytes = NULL;
    image->entry = from->entry;
    for (u32 i = 0; i < from->symbol_count; i++)
        if (!from->symbols[i].constant)
            symbols_add(&image->symbols, from->symbols[i].value, from->symbols[i].name,
                        strlen(from->symbols[i].name));
    struct piece piece = {from->base, from->size, from->memory, image->owned};
    return image_add(image, &piece, "the assembled program", ram, c);
}

static bool image_assemble(struct image *image, size_t size, u32 ram, bool holes,
                           const struct complaint *c)
{
    struct asm_image assembled = {0};
    struct asm_errors errors = {0};
    if (!asm_assemble((const char *)image->owned, size, c->file, kernel_base(ram), holes,
                      &assembled, &errors)) {
        if (c->size)
            snprintf(c->to, c->size, "%s", errors.text ? errors.text : "out of memory");
        asm_errors_free(&errors);
        return false;
    }
    bool taken = take_assembled(image, &assembled, ram, c);
    asm_image_free(&assembled);
    return taken;
}

static bool is_assembly(const char *name)
{
    size_t length = strlen(name);
    return length > 2 && name[length - 2] == '.' &&
           (name[length - 1] == 's' || name[length - 1] == 'S');
}

static bool check_entry(const struct image *image, const struct complaint *c)
{
    for (u32 i = 0; i < image->pieces; i++)
        if (image->entry - image->piece[i].at < image->piece[i].size && image->entry % 4 == 0)
            return true;
    return complain(c,
                    "its entry point 0x%08x is not the address of an instruction in it; look at "
                    "ENTRY in the linker script",
                    image->entry);
}

static bool image_parse(struct image *image, size_t size, u32 ram, bool holes,
                        const struct complaint *c)
{
    if (is_assembly(c->file))
        return image_assemble(image, size, ram, holes, c);
    if (size >= 4 && memcmp(image->owned, "\177ELF", 4) == 0)
        return image_elf(image, size, ram, c);
    return image_flat(image, size, ram, c);
}

// The last checks, and what follows from the pieces.
static bool finish(struct image *image, bool parsed, const struct complaint *c)
{
    if (!parsed || !check_entry(image, c)) {
        image_free(image);
        return false;
    }
    if (image->symbols.high == 0) { // an ELF file's are virtual addresses, already there
        image->symbols.low = image->piece[0].at;
        image->symbols.high = image->piece[0].at + image->piece[0].memory;
    }
    symbols_sort(&image->symbols);
    return true;
}

bool image_read(struct image *image, u32 ram, bool holes, const struct complaint *c)
{
    size_t size;
    *image = (struct image){.symbols = {.low = UINT32_MAX}};
    if (!load_file(c, &image->owned, &size))
        return false;
    return finish(image, image_parse(image, size, ram, holes, c), c);
}

bool image_read_text(struct image *image, const char *text, u32 ram, bool holes,
                     const struct complaint *c)
{
    *image = (struct image){.symbols = {.low = UINT32_MAX}};
    image->owned = (u8 *)strdup(text);
    if (!image->owned)
        return complain(c, "no memory for its source");
    return finish(image, image_assemble(image, strlen(text), ram, holes, c), c);
}

void image_free(struct image *image)
{
    symbols_free(&image->symbols);
    free(image->owned);
    *image = (struct image){0};
}
