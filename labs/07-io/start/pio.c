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
    (void)p; // yours: when is the interrupt line high?
    return false;
}

// Yours. The driver stored to COMMAND. Whatever it stored, STATUS says afterwards what became of
// it.
static void command(struct pio *p, const struct board_wires *w, u32 what)
{
    (void)w;
    p->command = what;
    p->status = PIO_INTERRUPT | PIO_ERROR;
}

// Yours. A load of DATA: the next word of a sector that is being read.
static u32 data_load(struct pio *p)
{
    (void)p;
    return 0;
}

// Yours. A store to DATA: the next word of a sector that is being written.
static void data_store(struct pio *p, const struct board_wires *w, u32 word)
{
    (void)p;
    (void)w;
    (void)word;
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
