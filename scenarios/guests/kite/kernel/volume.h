// The read-only file system: on a virtio disk, in the initrd, or in the image of the kernel.
// ../volume.h has its layout.
#ifndef KITE_KERNEL_VOLUME_H
#define KITE_KERNEL_VOLUME_H

#include "isa/types.h"

struct volume_entry;

// Finds the volume: on a disk, else in the initrd from `start` to `end` (0, 0: no initrd), else
// in the image of the kernel. Only a process may call this, since reading a disk waits. Returns
// the name of the place, for a message.
const char *volume_mount(u32 start, u32 end);

bool volume_read(u32 at, void *to, u32 bytes); // false: it is beyond the end, or the disk failed
bool volume_find(const char *path, struct volume_entry *entry);
bool volume_entry_at(u32 index, struct volume_entry *entry); // false: there are fewer files

#endif
