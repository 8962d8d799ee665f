// The programmed-I/O disk of pio.h. What it does is yours; the registers are given.
#include "isa/board/pio.h"
#include "isa/board/board.h"

_Static_assert(PIO_WORDS * 4 == BOARD_SECTOR, "the data port moves one sector");

void pio_reset(struct pio *p)
{
    *p = (struct pio){0};
}

bool pio_interrupt(const struct pio *p)
{
    return p->control != 0 && (p->status & PIO_INTERRUPT) != 0;
}

static void fail(struct pio *p)
{
    p->status = PIO_ERROR | PIO_INTERRUPT;
}

static void command(struct pio *p, const struct board_wires *w, u32 what)
{
    u64 all = w->disk_sectors(w->context);
    p->command = what;
    p->position = 0;
    p->target = p->sector; // the driver may store another number meanwhile
    switch (what) {
    case PIO_READ:
        if (p->target < all && w->disk_read(w->context, p->target, p->data))
            p->status = PIO_TRANSFER | PIO_INTERRUPT;
        else
            fail(p);
        return;
    case PIO_WRITE:
        if (p->target < all)
            p->status = PIO_TRANSFER;
        else
            fail(p);
        return;
    }
    fail(p);
}

static bool moving(const struct pio *p, u32 direction)
{
    return p->command == direction && (p->status & PIO_TRANSFER);
}

static u32 data_load(struct pio *p)
{
    u32 word = 0;
    if (moving(p, PIO_READ)) {
        word = p->data[p->position];
        if (++p->position >= PIO_WORDS)
            p->status ^= PIO_TRANSFER;
    }
    return word;
}

static void data_store(struct pio *p, const struct board_wires *w, u32 word)
{
    if (!moving(p, PIO_WRITE))
        return;
    p->data[p->position] = word;
    p->position += 1;
    if (p->position == PIO_WORDS) {
        bool good = w->disk_write(w->context, p->target, p->data);
        p->status = PIO_INTERRUPT;
        if (!good)
            p->status |= PIO_ERROR;
    }
}

bool pio_load(struct pio *p, const struct board_wires *w, u32 offset, u32 size, u32 *value)
{
    if (size != 4)
        return false;
    u64 sectors = w->disk_sectors(w->context);
    switch (offset) {
    case PIO_REG_ID:
        *value = PIO_ID;
        break;
    case PIO_REG_SECTORS:
        *value = sectors > UINT32_MAX ? UINT32_MAX : (u32)sectors;
        break;
    case PIO_REG_SECTOR:
        *value = p->sector;
        break;
    case PIO_REG_STATUS:
        *value = p->status;
        break;
    case PIO_REG_DATA:
        *value = data_load(p);
        break;
    case PIO_REG_CONTROL:
        *value = p->control;
        break;
    default:
        *value = 0;
        break;
    }
    return true;
}

bool pio_store(struct pio *p, const struct board_wires *w, u32 offset, u32 size, u32 value)
{
    if (size != 4)
        return false;
    switch (offset) {
    case PIO_REG_SECTOR:
        p->sector = value;
        break;
    case PIO_REG_COMMAND:
        command(p, w, value);
        break;
    case PIO_REG_STATUS:
        p->status &= ~(u32)PIO_INTERRUPT;
        break;
    case PIO_REG_DATA:
        data_store(p, w, value);
        break;
    case PIO_REG_CONTROL:
        p->control = value & 1;
        break;
    default:
        break;
    }
    return true;
}
