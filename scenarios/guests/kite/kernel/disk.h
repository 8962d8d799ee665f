// A virtio block disk. Reading waits, so only processes may.
#ifndef KITE_DISK_H
#define KITE_DISK_H

#include "isa/types.h"

#define SECTOR_BYTES 512u

bool disk_init(void);                            // false: there is none
u32 disk_sectors(void);                          // at most 2^32 - 1
bool disk_read(u32 sector, void *to, u32 bytes); // `to` below 2^32 and in RAM, whole sectors
void disk_interrupt(u32 irq);

#endif
