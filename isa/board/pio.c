// The programmed-I/O disk of pio.h.
// Read next: isa/board/sbi.h.
#include "isa/board/pio.h"
#include "isa/board/board.h"

_Static_assert(PIO_WORDS * 4 == BOARD_SECTOR, "the data port moves one sector");

void pio_reset(struct pio *p)
{
    *p = (struct pio){0};
}

bool pio_interrupt(const struct pio *p)
{
    return (p->control & 1) && (p->status & PIO_INTERRUPT);
}

// A command starts as failed, and only a command that can be carried out clears the error.
static void command(struct pio *p, const struct board_wires *w, u32 what)
{
    p->command = what;
    p->target = p->sector;
    p->position = 0;
    p->status = PIO_INTERRUPT | PIO_ERROR;
    if (p->target >= w->disk_sectors(w->context))
        return;
    if (what == PIO_READ && w->disk_read(w->context, p->target, p->data))
        p->status = PIO_INTERRUPT | PIO_TRANSFER;
    else if (what == PIO_WRITE)
        p->status = PIO_TRANSFER;
}

static u32 data_load(struct pio *p)
{
    if (!(p->status & PIO_TRANSFER) || p->command != PIO_READ)
        return 0;
    u32 word = p->data[p->position++];
    if (p->position == PIO_WORDS)
        p->status &= ~(u32)PIO_TRANSFER;
    return word;
}

static void data_store(struct pio *p, const struct board_wires *w, u32 word)
{
    if (!(p->status & PIO_TRANSFER) || p->command != PIO_WRITE)
        return;
    p->data[p->position++] = word;
    if (p->position < PIO_WORDS)
        return;
    p->status =
        w->disk_write(w->context, p->target, p->data) ? PIO_INTERRUPT : PIO_INTERRUPT | PIO_ERROR;
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
