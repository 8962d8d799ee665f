// A kernel image: it is loaded into RAM, and its symbols and its line table are read.
// Read next: tests/fuzz/inputs/assembly.c.
#include "tests/fuzz/inputs/inputs.h"

#include "sim/load/load.h"

#include <stdlib.h>
#include <unistd.h>

#define RAM (16u << 20)
#define LOOKS 100 // addresses of one image

// Asks what the dashboard and the debugger ask about an address.
static void look_at_address(struct load_result *loaded, gva address)
{
    const char *file, *name;
    u32 line, offset;
    gva found;
    if (lines_find(&loaded->lines, address, &file, &line) && !*file)
        abort(); // a line of no file
    name = symbols_name(&loaded->symbols, address, &offset);
    if (name && (!symbols_find(&loaded->symbols, name, &found) || offset > address))
        abort(); // a name that nobody can ask for
}

static void look_at(const struct load_window *window, struct load_result *loaded)
{
    const struct symbols *s = &loaded->symbols;
    if (loaded->entry - 0x80000000u >= window->size || loaded->entry & 3)
        abort(); // the hart would begin outside RAM
    look_at_address(loaded, loaded->entry);
    for (u32 i = 0; i < LOOKS; i++)
        look_at_address(loaded, s->low + (s->high - s->low) / LOOKS * i);
}

void try_image(const u8 *bytes, size_t size)
{
    char name[INPUT_NAME], error[LOAD_ERROR];
    int fd = input_file(bytes, size, name);
    struct load_window window = {.ram = calloc(1, RAM), .size = RAM};
    struct load_result loaded;
    struct load_spec spec = {.image = name, .harts = 1};
    if (load_guest(&spec, &window, &loaded, error, sizeof error)) {
        look_at(&window, &loaded);
        load_result_free(&loaded);
    } else if (!*error) {
        abort(); // whoever gave the file would not know what is wrong with it
    }
    free(window.ram);
    close(fd);
}
