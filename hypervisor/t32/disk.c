// The VMM's own driver for its machine's virtio disk, in whichever slot it is and by either of the
// two interfaces (isa/board/virtio.h). It makes one request at a time and waits until the request
// is done.
// Read next: hypervisor/t32/tree.c.
#include "hypervisor/t32/hw.h"
#include "isa/board/board.h"
#include "isa/arch/sv32.h"

enum { QUEUE = 8 };

struct descriptor {
    u64 address;
    u32 length;
    u16 flags, next;
};

// The layout that the legacy interface asks for, and the modern one allows: descriptors and
// available ring are in one page, the used ring is in the next.
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

// Where the disk is. A look costs a VMM that is itself virtualized several exits, so it looks once.
enum { NO_SLOT = VIRTIO_SLOTS, NOT_LOOKED };
static u32 disk_slot = NOT_LOOKED;

static volatile u32 *register_of(u32 slot, u32 offset)
{
    return (volatile u32 *)(BOARD_VIRTIO + slot * VIRTIO_SLOT_SIZE + offset);
}

static volatile u32 *reg(u32 offset)
{
    return register_of(disk_slot, offset);
}

static bool is_disk(u32 slot)
{
    return *register_of(slot, VIRTIO_REG_MAGIC) == VIRTIO_MAGIC &&
           *register_of(slot, VIRTIO_REG_DEVICE) == VIRTIO_BLOCK_DEVICE;
}

static bool has_disk(void)
{
    if (disk_slot == NOT_LOOKED)
        for (disk_slot = 0; disk_slot < NO_SLOT && !is_disk(disk_slot); disk_slot++)
            ;
    return disk_slot != NO_SLOT;
}

// ---- the queue

static void start_legacy(void)
{
    *reg(VIRTIO_REG_GUEST_FEATURES) = 0;
    *reg(VIRTIO_REG_PAGE_SIZE) = PAGE_SIZE;
    *reg(VIRTIO_REG_QUEUE_SELECT) = 0;
    *reg(VIRTIO_REG_QUEUE_SIZE) = QUEUE;
    *reg(VIRTIO_REG_QUEUE_ALIGN) = PAGE_SIZE;
    *reg(VIRTIO_REG_QUEUE_PFN) = (u32)&queue >> PAGE_SHIFT;
}

static void put_address(u32 offset, const volatile void *at)
{
    *reg(offset) = (u32)at;
    *reg(offset + 4) = 0;
}

static void start_modern(void)
{
    *reg(VIRTIO_REG_GUEST_SELECT) = 0;
    *reg(VIRTIO_REG_GUEST_FEATURES) = 0;
    *reg(VIRTIO_REG_GUEST_SELECT) = 1;
    *reg(VIRTIO_REG_GUEST_FEATURES) = VIRTIO_FEATURE_VERSION_1;
    *reg(VIRTIO_REG_STATUS) = VIRTIO_ACKNOWLEDGED | VIRTIO_DRIVER | VIRTIO_FEATURES_OK;
    *reg(VIRTIO_REG_QUEUE_SELECT) = 0;
    *reg(VIRTIO_REG_QUEUE_SIZE) = QUEUE;
    put_address(VIRTIO_REG_DESCRIPTORS, queue.descriptors);
    put_address(VIRTIO_REG_AVAILABLE, &queue.available_flags);
    put_address(VIRTIO_REG_USED, &queue.used_flags);
    *reg(VIRTIO_REG_QUEUE_READY) = 1;
}

static void start_queue(void)
{
    *reg(VIRTIO_REG_STATUS) = 0;
    *reg(VIRTIO_REG_STATUS) = VIRTIO_ACKNOWLEDGED | VIRTIO_DRIVER;
    if (*reg(VIRTIO_REG_VERSION) == VIRTIO_MODERN)
        start_modern();
    else
        start_legacy();
    *reg(VIRTIO_REG_STATUS) = *reg(VIRTIO_REG_STATUS) | VIRTIO_DRIVER_OK;
}

u64 disk_sectors(void)
{
    if (!has_disk())
        return 0;
    return (u64)*reg(VIRTIO_REG_CONFIG + 4) << 32 | *reg(VIRTIO_REG_CONFIG);
}

bool disk_transfer(u64 sector, void *bytes, bool write)
{
    if (!has_disk())
        return false;
    if (!(*reg(VIRTIO_REG_STATUS) & VIRTIO_DRIVER_OK))
        start_queue();
    header.type = write ? VIRTIO_BLK_OUT : VIRTIO_BLK_IN;
    header.sector = sector;
    queue.descriptors[0] = (struct descriptor){(u32)&header, sizeof header, VIRTIO_DESC_NEXT, 1};
    queue.descriptors[1] = (struct descriptor){
        (u32)bytes, BOARD_SECTOR, VIRTIO_DESC_NEXT | (write ? 0 : VIRTIO_DESC_WRITE), 2};
    queue.descriptors[2] = (struct descriptor){(u32)&outcome, 1, VIRTIO_DESC_WRITE, 0};
    queue.available[queue.available_index % QUEUE] = 0;
    __asm__ volatile("fence" : : : "memory");
    queue.available_index++;
    u16 before = queue.used_index;
    __asm__ volatile("fence" : : : "memory");
    *reg(VIRTIO_REG_NOTIFY) = 0;
    while (queue.used_index == before)
        ;
    *reg(VIRTIO_REG_ACKNOWLEDGE) = *reg(VIRTIO_REG_INTERRUPT);
    return outcome == VIRTIO_BLK_OK;
}
