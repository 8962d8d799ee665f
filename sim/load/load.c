// Lays a guest's memory out as sim/load/load.h draws it, then writes it.
#include "sim/load/load.h"
#include "isa/arch/sv32.h"
#include "sim/load/fdt.h"
#include "sim/load/image.h"

#include <stdlib.h>
#include <string.h>

// What goes into memory beside the image.
struct cargo {
    u8 *initrd, *tree;
    size_t initrd_size;
    u32 tree_size;
};

static bool read_initrd(const struct load_spec *spec, struct cargo *cargo,
                        const struct complaint *about)
{
    if (!spec->initrd)
        return true;
    struct complaint c = {spec->initrd, about->to, about->size};
    if (!load_file(&c, &cargo->initrd, &cargo->initrd_size))
        return false;
    return cargo->initrd_size != 0 ||
           complain(&c, "the initrd is empty; leave --initrd out instead");
}

static bool check_append(const struct load_spec *spec, const struct complaint *c)
{
    size_t length = spec->append ? strlen(spec->append) : 0;
    return length < LOAD_APPEND ||
           complain(c, "its boot arguments have %zu bytes; at most %u are possible", length,
                    LOAD_APPEND - 1);
}

// Takes page-aligned room below *top. Returns false if RAM is too small.
static bool take_room(u64 *top, u64 size)
{
    if (size > *top - BOARD_RAM)
        return false;
    *top = (*top - size) & ~(u64)(PAGE_SIZE - 1);
    return *top >= BOARD_RAM;
}

// Decides where initrd and device tree go, and makes the tree, which says where the initrd is.
static bool lay_out(const struct load_spec *spec, u32 ram, struct cargo *cargo,
                    struct load_result *r, const struct complaint *c)
{
    u64 top = BOARD_RAM + (u64)ram;
    if (!take_room(&top, cargo->initrd_size))
        return complain(c,
                        "its initrd %s has %zu bytes, but RAM has %u; give the guest more (--ram), "
                        "in a script with ram",
                        spec->initrd, cargo->initrd_size, ram);
    r->initrd = cargo->initrd_size ? (gpa)top : 0;
    r->initrd_size = (u32)cargo->initrd_size;
    const struct fdt_description described = {
        .ram = ram,
        .harts = spec->harts,
        .adue = spec->adue,
        .h = spec->h,
        .append = spec->append,
        .initrd = r->initrd,
        .initrd_size = r->initrd_size,
    };
    cargo->tree = fdt_make(&described, &cargo->tree_size);
    if (!cargo->tree)
        return complain(c, "no memory for its device tree");
    if (!take_room(&top, cargo->tree_size))
        return complain(c,
                        "its initrd and device tree do not fit into %u bytes of RAM; give the "
                        "guest more (--ram), in a script with ram",
                        ram);
    r->device_tree = (gpa)top;
    r->device_tree_size = cargo->tree_size;
    return true;
}

static bool check_below(const struct image *image, u32 top, const struct complaint *c)
{
    for (u32 i = 0; i < image->pieces; i++)
        if (image->piece[i].at + (u64)image->piece[i].memory > top)
            return complain(c,
                            "the image ends at 0x%08llx and runs into the device tree and initrd "
                            "at 0x%08x; give the guest more RAM (--ram), in a script with ram",
                            (unsigned long long)image->piece[i].at + image->piece[i].memory, top);
    return true;
}

static void put(const struct load_window *w, gpa at, const void *bytes, u32 size)
{
    if (size == 0)
        return;
    if (w->touch)
        w->touch(w->context, at - BOARD_RAM, size);
    memcpy(w->ram + (at - BOARD_RAM), bytes, size);
}

static void put_all(const struct load_window *w, const struct image *image,
                    const struct cargo *cargo, const struct load_result *r)
{
    for (u32 i = 0; i < image->pieces; i++)
        put(w, image->piece[i].at, image->piece[i].bytes, image->piece[i].size);
    put(w, r->initrd, cargo->initrd, r->initrd_size);
    put(w, r->device_tree, cargo->tree, r->device_tree_size);
}

// The lines move to the result, and the bytes of an ELF file with them. Line information may be as
// long as the kernel, so nothing of it is read before somebody asks.
static void take_lines(struct load_result *result, struct image *image)
{
    result->lines = image->lines;
    image->lines = (struct lines){0};
    if (image->elf_size) {
        lines_from_elf(&result->lines, image->owned, image->elf_size);
        image->owned = NULL;
    }
}

bool load_guest(const struct load_spec *spec, const struct load_window *window,
                struct load_result *result, char *error, size_t error_size)
{
    const struct complaint c = {spec->image, error, error_size};
    struct image image;
    struct cargo cargo = {0};
    *result = (struct load_result){0};
    if (!check_append(spec, &c))
        return false;
    bool read = spec->source
                    ? image_read_text(&image, spec->source, window->size, spec->profile, &c)
                    : image_read(&image, window->size, spec->profile, &c);
    if (!read)
        return false;
    bool fits = read_initrd(spec, &cargo, &c) && lay_out(spec, window->size, &cargo, result, &c) &&
                check_below(&image, result->device_tree, &c);
    if (fits) {
        put_all(window, &image, &cargo, result);
        result->entry = image.entry;
        result->only_marked_compressed = image.only_marked_compressed;
        result->symbols = image.symbols;
        image.symbols = (struct symbols){0};
        take_lines(result, &image);
    } else {
        *result = (struct load_result){0};
    }
    free(cargo.initrd);
    free(cargo.tree);
    image_free(&image);
    return fits;
}

void load_result_free(struct load_result *result)
{
    symbols_free(&result->symbols);
    lines_free(&result->lines);
    *result = (struct load_result){0};
}
