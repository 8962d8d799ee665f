// The loader's door to a machine: it marks the pages that the loader writes.
#include "sim/load/load.h"

struct slice {
    struct machine *m;
    mpa at;
};

static void touch(void *context, u32 offset, u32 bytes)
{
    const struct slice *s = context;
    machine_touch(s->m, s->at + offset, bytes);
}

bool load_machine(struct machine *m, mpa at, u32 size, const struct load_spec *spec,
                  struct load_result *result, char *error, size_t error_size)
{
    struct slice slice = {m, at};
    struct load_window window = {machine_ram(m) + (at - BOARD_RAM), size, touch, &slice};
    return load_guest(spec, &window, result, error, error_size);
}
