// A kernel image: it is loaded into RAM, and its line table is read.
// Read next: tests/fuzz/inputs/assembly.c.
#include "tests/fuzz/inputs/inputs.h"

#include "sim/load/load.h"

#include <stdlib.h>
#include <unistd.h>

#define RAM (16u << 20)

static void look_at(const struct load_window *window, struct load_result *loaded)
{
    const char *file;
    u32 line;
    if (loaded->entry - 0x80000000u >= window->size || loaded->entry & 3)
        abort(); // the hart would begin outside RAM
    lines_find(&loaded->lines, loaded->entry, &file, &line);
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
