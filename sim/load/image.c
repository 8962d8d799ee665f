// What kind of file an image is, and the two simple kinds: flat and assembled.
#include "sim/load/image.h"
#include "isa/asm/asm.h"
#include "isa/board/board.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool image_flat(struct image *image, size_t size, u32 ram, const struct complaint *c)
{
    if (size == 0)
        return complain(c, "it is empty; name a kernel image (ELF32, flat binary or .s)");
    struct piece piece = {image_kernel_base(ram), (u32)size, (u32)size, image->owned};
    image->entry = piece.at;
    return image_add(image, &piece, "the flat image", ram, c);
}

// The rows of the assembler are those of its instructions. What follows the last one has no line.
static void take_lines(struct lines *to, const struct asm_image *from, const char *file)
{
    for (u32 i = 0; i < from->line_count; i++)
        lines_add(to, from->lines[i].address, file, from->lines[i].line);
    if (from->line_count)
        lines_add(to, from->base + from->text, file, 0);
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
    take_lines(&image->lines, from, c->file);
    struct piece piece = {from->base, from->size, from->memory, image->owned};
    return image_add(image, &piece, "the assembled program", ram, c);
}

static bool image_assemble(struct image *image, size_t size, u32 ram, u32 profile,
                           const struct complaint *c)
{
    struct asm_image assembled = {0};
    struct asm_errors errors = {0};
    if (!asm_assemble((const char *)image->owned, size, c->file, image_kernel_base(ram), profile,
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

static bool image_parse(struct image *image, size_t size, u32 ram, u32 profile,
                        const struct complaint *c)
{
    if (is_assembly(c->file))
        return image_assemble(image, size, ram, profile, c);
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

bool image_read(struct image *image, u32 ram, u32 profile, const struct complaint *c)
{
    size_t size;
    *image = (struct image){.symbols = {.low = UINT32_MAX}};
    if (!load_file(c, &image->owned, &size))
        return false;
    return finish(image, image_parse(image, size, ram, profile, c), c);
}

bool image_read_text(struct image *image, const char *text, u32 ram, u32 profile,
                     const struct complaint *c)
{
    *image = (struct image){.symbols = {.low = UINT32_MAX}};
    image->owned = (u8 *)strdup(text);
    if (!image->owned)
        return complain(c, "no memory for its source");
    return finish(image, image_assemble(image, strlen(text), ram, profile, c), c);
}

void image_free(struct image *image)
{
    symbols_free(&image->symbols);
    lines_free(&image->lines);
    free(image->owned);
    *image = (struct image){0};
}
