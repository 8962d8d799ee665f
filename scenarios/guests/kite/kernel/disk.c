// The driver of the virtio block disk. The disk and the driver share a ring in memory. The
// driver chains three descriptors (the request, the data, the outcome), puts the chain into
// `available`, notifies the disk, and finds the chain again in `used`. It speaks both
// generations of virtio-mmio, which differ here only in how the place of the ring is told.
// Source: Virtual I/O Device (VIRTIO) 1.1, sections 2.6, 4.2.2, 4.2.4 and 5.2.
// Read next: scenarios/guests/kite/kernel/volume.c.
#include "scenarios/guests/kite/kernel/disk.h"
#include "scenarios/guests/kite/kernel/board.h"
#include "scenarios/guests/kite/kernel/console.h"
#include "scenarios/guests/kite/kernel/process.h"

enum {
    REG_MAGIC = 0x00,
    REG_VERSION = 0x04,
    REG_DEVICE = 0x08,
    REG_FEATURES = 0x20,
    REG_FEATURES_WORD = 0x24,
    REG_PAGE_BYTES = 0x28,
    REG_QUEUE = 0x30,
    REG_QUEUE_MAX = 0x34,
    REG_QUEUE_LENGTH = 0x38,
    REG_QUEUE_ALIGN = 0x3c,
    REG_QUEUE_PAGE = 0x40,
    REG_QUEUE_READY = 0x44,
    REG_NOTIFY = 0x50,
    REG_INTERRUPTS = 0x60,
    REG_INTERRUPTS_SEEN = 0x64,
    REG_STATUS = 0x70,
    REG_DESCRIPTORS = 0x80,
    REG_AVAILABLE = 0x90,
    REG_USED = 0xa0,
    REG_CAPACITY = 0x100,
};
enum { MAGIC = 0x74726976, VERSION_LEGACY = 1, VERSION_MODERN = 2, DEVICE_BLOCK = 2 };
enum { STATUS_SEEN = 1, STATUS_DRIVER = 2, STATUS_READY = 4, STATUS_FEATURES = 8 };
enum { FEATURE_MODERN = 1, NEXT = 1, DEVICE_WRITES = 2, QUEUE = 8, REQUEST_READ = 0 };

struct descriptor {
    u32 address, address_high, bytes;
    u16 flags, next;
};

// The layout of the legacy interface: one block, with the used ring on a page of its own. The
// modern interface allows this layout too.
static struct {
    struct descriptor descriptors[QUEUE];
    struct {
        u16 flags, index, ring[QUEUE];
    } available;
    struct {
        u16 flags;
        volatile u16 index;
        struct {
            u32 head, bytes;
        } ring[QUEUE];
    } used __attribute__((aligned(4096)));
} queue __attribute__((aligned(4096)));

static struct {
    u32 type, unused, sector, sector_high;
} request;
static volatile u8 request_status;

static u32 slot = VIRTIO_SLOTS; // where the disk is; VIRTIO_SLOTS: there is no disk
static bool busy;               // a request was made and is not finished
static u16 seen;                // the used.index up to which we have looked

static u32 read(u32 at)
{
    return device_read(VIRTIO(slot) + at);
}

static void write(u32 at, u32 value)
{
    device_write(VIRTIO(slot) + at, value);
}

static void order(void)
{
    __asm__ volatile("fence iorw, iorw" ::: "memory");
}

static bool find(void)
{
    for (slot = 0; slot < VIRTIO_SLOTS; slot++)
        if (read(REG_MAGIC) == MAGIC && read(REG_DEVICE) == DEVICE_BLOCK &&
            (read(REG_VERSION) == VERSION_LEGACY || read(REG_VERSION) == VERSION_MODERN))
            return true;
    return false;
}

static void tell_place(bool modern)
{
    // The legacy interface takes one page number, and the layout of `queue` says the rest.
    if (!modern) {
        write(REG_QUEUE_ALIGN, 4096);
        write(REG_QUEUE_PAGE, (u32)&queue / 4096);
        return;
    }
    const u32 places[][2] = {{REG_DESCRIPTORS, (u32)queue.descriptors},
                             {REG_AVAILABLE, (u32)&queue.available},
                             {REG_USED, (u32)&queue.used}};
    for (u32 i = 0; i < 3; i++) {
        write(places[i][0], places[i][1]);
        write(places[i][0] + 4, 0);
    }
    write(REG_QUEUE_READY, 1);
}

bool disk_init(void)
{
    if (!find())
        return false;
    bool modern = read(REG_VERSION) == VERSION_MODERN;
    u32 status = STATUS_SEEN | STATUS_DRIVER;
    write(REG_STATUS, 0); // a reset
    write(REG_STATUS, status);
    write(REG_FEATURES_WORD, 0); // the driver accepts no features
    write(REG_FEATURES, 0);
    if (modern) {
        write(REG_FEATURES_WORD, 1);
        write(REG_FEATURES, FEATURE_MODERN);
        write(REG_STATUS, status |= STATUS_FEATURES);
    } else {
        write(REG_PAGE_BYTES, 4096);
    }
    write(REG_QUEUE, 0);
    if (read(REG_QUEUE_MAX) < QUEUE || (modern && !(read(REG_STATUS) & STATUS_FEATURES))) {
        slot = VIRTIO_SLOTS;
        return false;
    }
    write(REG_QUEUE_LENGTH, QUEUE);
    tell_place(modern);
    write(REG_STATUS, status | STATUS_READY);
    plic_enable(IRQ_VIRTIO(slot));
    return true;
}

u32 disk_sectors(void)
{
    return read(REG_CAPACITY + 4) ? 0xffffffffu : read(REG_CAPACITY);
}

// Reads sectors into memory: makes the chain, notifies the disk, and waits for its interrupt.
bool disk_read(u32 sector, void *to, u32 bytes)
{
    while (busy)
        wait_firmly(&busy);
    busy = true;
    request.type = REQUEST_READ;
    request.sector = sector;
    queue.descriptors[0] = (struct descriptor){(u32)&request, 0, sizeof request, NEXT, 1};
    queue.descriptors[1] = (struct descriptor){(u32)to, 0, bytes, NEXT | DEVICE_WRITES, 2};
    queue.descriptors[2] = (struct descriptor){(u32)&request_status, 0, 1, DEVICE_WRITES, 0};
    request_status = 0xff;
    queue.available.ring[queue.available.index % QUEUE] = 0;
    order();
    queue.available.index++;
    order();
    write(REG_NOTIFY, 0);
    while (queue.used.index == seen)
        wait_firmly(&queue);
    order();
    seen++;
    busy = false;
    wake(&busy);
    return request_status == 0;
}

void disk_interrupt(u32 irq)
{
    if (slot >= VIRTIO_SLOTS || irq != (u32)IRQ_VIRTIO(slot))
        return;
    write(REG_INTERRUPTS_SEEN, read(REG_INTERRUPTS));
    wake(&queue);
}
