// RAM, as the harts, the devices and the machine's user reach it. Every write marks its page, so
// that snapshots know of it. If the page holds code that the engine has decoded, the engine is
// told of the write, too.
// Read next: sim/core/watch.c.
#include "sim/engine/engine.h"

#include <string.h>

bool machine_ram_has(const struct machine *m, mpa address, u32 bytes)
{
    return memory_has(m, address, bytes);
}

u8 *machine_ram(struct machine *m)
{
    return m->ram.bytes;
}

static u32 page_of(mpa address)
{
    return (address - BOARD_RAM) >> PAGE_SHIFT;
}

static void mark(struct machine *m, mpa address, u32 bytes, enum watched_kind kind)
{
    u32 page = page_of(address);
    pages_mark(&m->ram, page);
    if (m->ram.flags[page] & PAGE_WATCHED)
        watch_access(m, kind, address, bytes);
    if (m->ram.flags[page] & PAGE_CODE)
        m->engine->written(m, address, bytes);
}

u32 memory_load(struct machine *m, mpa address, u32 size)
{
    // RAM is little-endian on every host, so the bytes are put together one by one.
    const u8 *at = memory_at(m, address);
    switch (size) {
    case 1:
        return at[0];
    case 2:
        return at[0] | (u32)at[1] << 8;
    default:
        return memory_word(m, address);
    }
}

void memory_store(struct machine *m, mpa address, u32 size, u32 value)
{
    u8 *at = memory_at(m, address);
    for (u32 i = 0; i < size; i++)
        at[i] = (u8)(value >> (8 * i));
    mark(m, address, size, WATCHED_WRITE);
}

u8 *machine_page(struct machine *m, mpa page)
{
    // The caller may write anywhere in the page, so all of it counts as written.
    mark(m, page, PAGE_SIZE, WATCHED_PAGE);
    return memory_at(m, page);
}

void machine_touch(struct machine *m, mpa address, u32 bytes)
{
    while (bytes && machine_ram_has(m, address, bytes)) {
        // The marks belong to pages, so a long range is marked page by page.
        u32 here = PAGE_SIZE - address % PAGE_SIZE;
        if (here > bytes)
            here = bytes;
        mark(m, address, here, WATCHED_WRITE);
        address += here;
        bytes -= here;
    }
}

bool machine_read(struct machine *m, mpa address, void *to, u32 bytes)
{
    if (!machine_ram_has(m, address, bytes))
        return false;
    memcpy(to, memory_at(m, address), bytes);
    return true;
}

bool machine_write(struct machine *m, mpa address, const void *from, u32 bytes)
{
    if (!machine_ram_has(m, address, bytes))
        return false;
    memcpy(memory_at(m, address), from, bytes);
    machine_touch(m, address, bytes);
    return true;
}

bool machine_page_used(const struct machine *m, mpa page)
{
    return machine_ram_has(m, page, 1) && pages_used(&m->ram, page_of(page));
}
