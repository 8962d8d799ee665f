// The programmed-I/O disk, which is deliberately old-fashioned. It knows no DMA and no queues: a
// sector goes through one data port, a word at a time. To read 512 bytes takes some 132 device
// accesses, and each is an exit when a VMM emulates the disk; virtio does the same with one exit.
// Both lead to the same disk. All registers are words.
//
//     offset 0x00  ID        load: 0x6469736b ("disk")
//            0x04  SECTORS   load: size of the disk in sectors, at most 0xffffffff; 0: no disk
//            0x08  SECTOR    load, store: the sector that the next command is about
//            0x0c  COMMAND   store: 1 READ, 2 WRITE; anything else fails. A command ends the one
//                            before it
//            0x10  STATUS    load: bit 0 TRANSFER: the data port has (READ) or wants (WRITE) words;
//                            bit 1 ERROR: the command failed; bit 2 INTERRUPT
//                            store, any value: the interrupt is seen, bit 2 and the line go low
//            0x14  DATA      load, store: the next of 128 words, little-endian, lowest address
//                            first; without a transfer a load gives 0 and a store is ignored
//            0x18  CONTROL   load, store: bit 0: bit 2 of STATUS drives the interrupt line (irq 11)
//
//              READ: the sector is read, INTERRUPT         128 loads of DATA
//        idle --------------------------------> TRANSFER ---------------------------------> idle
//              WRITE                                      128 stores of DATA: INTERRUPT
//        idle --------------------------------> TRANSFER ---------------------------------> idle
//              a bad command or sector: ERROR, INTERRUPT
//        idle -----------------------------------------------------------------------------> idle
//
// The next command clears ERROR.
// Read next: isa/board/pio.c.
#ifndef ISA_BOARD_PIO_H
#define ISA_BOARD_PIO_H

#include "isa/types.h"

struct board_wires;

#define PIO_ID 0x6469736bu
#define PIO_WORDS 128

enum { PIO_READ = 1, PIO_WRITE = 2 };
enum { PIO_TRANSFER = 1, PIO_ERROR = 2, PIO_INTERRUPT = 4 };
enum pio_register {
    PIO_REG_ID = 0x00,
    PIO_REG_SECTORS = 0x04,
    PIO_REG_SECTOR = 0x08,
    PIO_REG_COMMAND = 0x0c,
    PIO_REG_STATUS = 0x10,
    PIO_REG_DATA = 0x14,
    PIO_REG_CONTROL = 0x18,
};

struct pio {
    u32 sector;
    u32 target;  // the sector of the transfer that goes on
    u32 command; // the last command: PIO_READ, PIO_WRITE
    u32 status;
    u32 control;
    u32 position; // words moved of the 128
    u32 data[PIO_WORDS];
};

void pio_reset(struct pio *p);

// Accesses of a word, at any offset in the window. Return false, and change nothing, for an access
// of another size.
bool pio_load(struct pio *p, const struct board_wires *w, u32 offset, u32 size, u32 *value);
bool pio_store(struct pio *p, const struct board_wires *w, u32 offset, u32 size, u32 value);

bool pio_interrupt(const struct pio *p);

#endif
