// The read-only file system. If the volume is in memory, it is simply copied from there. If it
// is on a disk, it is read through a small cache of blocks of 4 KiB.
// Read next: scenarios/guests/kite/kernel/files.c.
#include "scenarios/guests/kite/volume.h"
#include "scenarios/guests/kite/kernel/board.h"
#include "scenarios/guests/kite/kernel/disk.h"
#include "scenarios/guests/kite/kernel/kernel.h"
#include "scenarios/guests/kite/kernel/page.h"
#include "scenarios/guests/kite/kernel/process.h"
#include "scenarios/guests/kite/kernel/volume.h"

#define CACHE_BLOCKS 16
#define NO_BLOCK 0xffffffffu

extern const u8 embedded_volume[], embedded_volume_end[]; // embedded.s

static struct volume_header header;
static const u8 *memory; // NULL: the volume is on the disk
static u32 bytes_total;  // the size of the medium, and later that of the volume

static struct {
    u32 block[CACHE_BLOCKS]; // the number of the block that is in each page
    void *page[CACHE_BLOCKS];
    u32 next; // the one to be replaced next
    bool busy;
} cache;

// The block in the cache, which is read if it is not there. NULL: there is no memory, or the
// disk failed. The caller holds cache.busy.
static const u8 *cache_block(u32 block)
{
    for (u32 i = 0; i < CACHE_BLOCKS; i++)
        if (cache.page[i] && cache.block[i] == block)
            return cache.page[i];
    u32 i = cache.next++ % CACHE_BLOCKS;
    if (!cache.page[i])
        cache.page[i] = page_new();
    if (!cache.page[i])
        return NULL;
    u32 at = block * PAGE_BYTES, rest = bytes_total - at;
    cache.block[i] = NO_BLOCK;
    if (!disk_read(at / SECTOR_BYTES, cache.page[i], rest < PAGE_BYTES ? rest : PAGE_BYTES))
        return NULL;
    cache.block[i] = block;
    return cache.page[i];
}

static bool read_cached(u32 at, u8 *to, u32 bytes)
{
    while (cache.busy)
        wait_firmly(&cache);
    cache.busy = true;
    bool well = true;
    while (well && bytes > 0) {
        const u8 *block = cache_block(at / PAGE_BYTES);
        u32 from = at % PAGE_BYTES, n = PAGE_BYTES - from < bytes ? PAGE_BYTES - from : bytes;
        well = block != NULL;
        if (well)
            memcpy(to, block + from, n);
        at += n;
        to += n;
        bytes -= n;
    }
    cache.busy = false;
    wake(&cache);
    return well;
}

bool volume_read(u32 at, void *to, u32 bytes)
{
    if (at > bytes_total || bytes > bytes_total - at)
        return false;
    if (!memory)
        return read_cached(at, to, bytes);
    memcpy(to, memory + at, bytes);
    return true;
}

// Is there a volume on this medium? If so, it becomes the file system.
static bool try(const u8 *where, u32 bytes)
{
    memory = where;
    bytes_total = bytes;
    if (!volume_read(0, &header, sizeof header) ||
        memcmp(header.magic, VOLUME_MAGIC, sizeof header.magic) != 0)
        return false;
    if (header.files > VOLUME_FILES || header.bytes > bytes ||
        sizeof header + header.files * sizeof(struct volume_entry) > header.bytes)
        return false;
    bytes_total = (header.bytes + SECTOR_BYTES - 1) & ~(SECTOR_BYTES - 1);
    if (bytes_total > bytes)
        bytes_total = bytes;
    return true;
}

static u32 disk_bytes(void)
{
    u32 sectors = disk_sectors();
    return sectors > 0x7fffff ? 0xfffffe00u : sectors * SECTOR_BYTES;
}

const char *volume_mount(u32 start, u32 end)
{
    if (disk_init() && try(NULL, disk_bytes()))
        return "the virtio disk";
    if (start >= KERNEL_START && start < end && try((const u8 *)start, end - start))
        return "the initrd";
    if (try(embedded_volume, (u32)(embedded_volume_end - embedded_volume)))
        return "the kernel's own image";
    panic("no file system");
}

bool volume_entry_at(u32 index, struct volume_entry *entry)
{
    if (index >= header.files ||
        !volume_read(sizeof header + index * sizeof *entry, entry, sizeof *entry))
        return false;
    entry->name[VOLUME_NAME - 1] = 0;
    return entry->start <= bytes_total && entry->bytes <= bytes_total - entry->start;
}

bool volume_find(const char *path, struct volume_entry *entry)
{
    for (u32 i = 0; volume_entry_at(i, entry); i++)
        if (strcmp(entry->name, path) == 0)
            return true;
    return false;
}
