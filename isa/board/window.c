// The names of the devices, for those who show a memory map to a person. They stand apart from
// board.c, since a VMM that is guest code needs none of them.
// Read next: isa/board/uart.h.
#include "isa/board/board.h"

struct named_window {
    u32 base, size;
    const char *name;
};

static const struct named_window windows[] = {
#define WINDOW(device, base, size, name) {base, size, name},
#include "isa/board/windows.def"
#undef WINDOW
};

const char *board_device_in(u32 address, u32 bytes)
{
    for (u32 i = 0; i < sizeof windows / sizeof *windows; i++) {
        const struct named_window *w = &windows[i];
        u64 end = (u64)address + bytes;
        if (end > w->base && address < (u64)w->base + w->size)
            return w->name;
    }
    return NULL;
}
