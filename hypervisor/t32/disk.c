// The VMM's own driver for its machine's virtio disk, in the legacy interface (isa/board/virtio.h):
// one request at a time, polled. Read next: hypervisor/t32/main.c.
#include "hypervisor/t32/hw.h"
#include "isa/board/board.h"
#include "isa/arch/sv32.h"

enum { QUEUE = 8, DESCRIPTOR_NEXT = 1, DESCRIPTOR_WRITE = 2, STATUS_READY = 7 };

struct descriptor {
    u64 address;
    u32 length;
    u16 flags, next;
};

// The layout that the legacy interface asks for: descriptors and available ring in one page, used
// ring in the next.
static struct {
    struct descriptor descriptors[QUEUE];
    u16 available_flags, available_index, available[QUEUE];
    u8 fill[PAGE_SIZE - QUEUE * 16 - 4 - QUEUE * 2];
    volatile u16 used_flags, used_index;
    u32 used[QUEUE][2];
} queue __attribute__((aligned(4096)));

static struct {
    u32 type, unused;
    u64 sector;
} header;
static volatile u8 outcome;

static volatile u32 *reg(u32 offset)
{
    return (volatile u32 *)(DISK_AT + offset);
}

static bool is_disk(void)
{
    return *reg(0) == VIRTIO_MAGIC && *reg(4) == 1 && *reg(8) == 2;
}

static void start_queue(void)
{
    *reg(0x70) = 0;
    *reg(0x70) = 3; // acknowledged, driver
    *reg(0x20) = 0; // no features
    *reg(0x28) = PAGE_SIZE;
    *reg(0x30) = 0;
    *reg(0x38) = QUEUE;
    *reg(0x3c) = PAGE_SIZE;
    *reg(0x40) = (u32)&queue >> PAGE_SHIFT;
    *reg(0x70) = STATUS_READY;
}

u64 disk_sectors(void)
{
    return is_disk() ? (u64)*reg(0x104) << 32 | *reg(0x100) : 0;
}

bool disk_transfer(u64 sector, void *bytes, bool write)
{
    if (!is_disk())
        return false;
    if (*reg(0x70) != STATUS_READY)
        start_queue();
    header.type = write ? VIRTIO_BLK_OUT : VIRTIO_BLK_IN;
    header.sector = sector;
    queue.descriptors[0] = (struct descriptor){(u32)&header, sizeof header, DESCRIPTOR_NEXT, 1};
    queue.descriptors[1] = (struct descriptor){(u32)bytes, BOARD_SECTOR,
                                               DESCRIPTOR_NEXT | (write ? 0 : DESCRIPTOR_WRITE), 2};
    queue.descriptors[2] = (struct descriptor){(u32)&outcome, 1, DESCRIPTOR_WRITE, 0};
    queue.available[queue.available_index % QUEUE] = 0;
    __asm__ volatile("fence" : : : "memory");
    queue.available_index++;
    u16 before = queue.used_index;
    __asm__ volatile("fence" : : : "memory");
    *reg(0x50) = 0;
    while (queue.used_index == before)
        ;
    *reg(0x64) = *reg(0x60);
    return outcome == VIRTIO_BLK_OK;
}
