// The read-only file system (../volume.h has its layout): on a virtio disk, in the initrd, or in
// the kernel's own image.
#ifndef KITE_KERNEL_VOLUME_H
#define KITE_KERNEL_VOLUME_H

#include "isa/types.h"

struct volume_entry;

// Finds the volume: a disk that holds one, else the initrd from `start` to `end` (0, 0: none), else
// what is in the kernel. In a process: reading a disk waits. Returns its name for a message.
const char *volume_mount(u32 start, u32 end);

bool volume_read(u32 at, void *to, u32 bytes); // false: beyond the end, or the disk failed
bool volume_find(const char *path, struct volume_entry *entry);
bool volume_entry_at(u32 index, struct volume_entry *entry); // false: past the last file

#endif
