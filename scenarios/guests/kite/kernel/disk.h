// A virtio block disk. Only processes may read from it, since reading waits.
#ifndef KITE_DISK_H
#define KITE_DISK_H

#include "isa/types.h"

#define SECTOR_BYTES 512u

bool disk_init(void);                            // false: there is no disk
u32 disk_sectors(void);                          // at most 2^32 - 1
bool disk_read(u32 sector, void *to, u32 bytes); // whole sectors; `to` is in RAM
void disk_interrupt(u32 irq);

#endif
