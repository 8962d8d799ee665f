// The board of tests/fake_board.h.
#include "tests/fake_board.h"

#include <stdlib.h>
#include <string.h>

static void console_put(void *context, u8 byte)
{
    struct fake *f = context;
    if (f->out_count < FAKE_TEXT - 1)
        f->out[f->out_count] = (char)byte;
    f->out_count++;
}

static int console_get(void *context)
{
    struct fake *f = context;
    return f->in_at < f->in_count ? (u8)f->in[f->in_at++] : -1;
}

static bool in_ram(u32 address, u32 bytes)
{
    u32 offset = address - BOARD_RAM;
    return offset <= FAKE_RAM && bytes <= FAKE_RAM - offset;
}

static bool memory_read(void *context, u32 address, void *to, u32 bytes)
{
    struct fake *f = context;
    if (!in_ram(address, bytes))
        return false;
    memcpy(to, f->ram + (address - BOARD_RAM), bytes);
    return true;
}

static bool memory_write(void *context, u32 address, const void *from, u32 bytes)
{
    struct fake *f = context;
    if (!in_ram(address, bytes))
        return false;
    memcpy(f->ram + (address - BOARD_RAM), from, bytes);
    return true;
}

static u64 disk_sectors(void *context)
{
    return ((struct fake *)context)->sectors;
}

static bool disk_read(void *context, u64 sector, void *to)
{
    struct fake *f = context;
    if (f->disk_fails || sector >= f->sectors || sector >= FAKE_SECTORS)
        return false;
    memcpy(to, f->disk + sector * BOARD_SECTOR, BOARD_SECTOR);
    return true;
}

static bool disk_write(void *context, u64 sector, const void *from)
{
    struct fake *f = context;
    if (f->disk_fails || sector >= f->sectors || sector >= FAKE_SECTORS)
        return false;
    memcpy(f->disk + sector * BOARD_SECTOR, from, BOARD_SECTOR);
    return true;
}

static void power_off(void *context, enum power why, u32 code)
{
    struct fake *f = context;
    f->power = why;
    f->code = code;
    f->power_calls++;
}

struct fake *fake_new(void)
{
    return fake_new_with((struct board_options){0});
}

struct fake *fake_new_with(struct board_options options)
{
    struct fake *f = calloc(1, sizeof *f);
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    f->wires = (struct board_wires){f,           console_put,  console_get,
                                    memory_read, memory_write, disk_sectors,
                                    disk_read,   disk_write,   power_off};
    f->sectors = FAKE_SECTORS;
    for (u32 i = 0; i < sizeof f->disk; i++)
        f->disk[i] = (u8)(i * 7 + i / BOARD_SECTOR);
    board_reset(&f->board, 2, options);
    return f;
}

void fake_free(struct fake *f)
{
    free(f);
}

void fake_type(struct fake *f, const char *text)
{
    for (; *text; text++)
        f->in[f->in_count++] = *text;
    board_input(&f->board, &f->wires);
}

u32 fake_load(struct fake *f, u32 address, u32 size)
{
    u32 value = 0xdeadbeef;
    CU_ASSERT(board_load(&f->board, &f->wires, address, size, &value));
    return value;
}

void fake_store(struct fake *f, u32 address, u32 size, u32 value)
{
    CU_ASSERT(board_store(&f->board, &f->wires, address, size, value));
}

bool fake_refuses(struct fake *f, u32 address, u32 size)
{
    u32 value;
    struct board before = f->board;
    return !board_load(&f->board, &f->wires, address, size, &value) &&
           !board_store(&f->board, &f->wires, address, size, 0) &&
           memcmp(&before, &f->board, sizeof before) == 0;
}

u32 fake_random(u64 *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return (u32)(*state >> 32);
}
