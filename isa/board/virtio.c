// The registers of the virtio block device, and its queue, which says what requests there are. What
// a request asks for is done in virtio_block.c. A chain of descriptors is read once, before
// anything is done, so a request that overwrites its own descriptors does no harm.
//
// The legacy and the modern interface differ in how the driver says where the queue is and which
// features it accepts. What follows from that, the queue at work, is the same.
// Read next: isa/board/virtio_block.h.
#include "isa/board/board.h"
#include "isa/board/virtio_block.h"

enum {
    FEATURE_SEG_MAX = 1u << 2,
    FEATURE_BLK_SIZE = 1u << 6,
    FEATURE_FLUSH = 1u << 9,
    FEATURE_ANY_LAYOUT = 1u << 27
};
#define FEATURES (FEATURE_SEG_MAX | FEATURE_BLK_SIZE | FEATURE_FLUSH | FEATURE_ANY_LAYOUT)

// In the modern interface every layout is allowed, so no feature says so. Its second word of
// features has one bit that counts: the driver knows that the interface is the modern one.
#define FEATURES_MODERN (FEATURES & ~FEATURE_ANY_LAYOUT)
#define FEATURES_HIGH VIRTIO_FEATURE_VERSION_1

enum { INTERRUPT_USED = 1, INTERRUPT_CONFIG = 2 };
enum { AVAIL_NO_INTERRUPT = 1 };

// ---- the queue

struct descriptor {
    u32 address, address_high, bytes;
    u16 flags, next;
};

static void break_device(struct virtio *v)
{
    v->status |= VIRTIO_NEEDS_RESET;
    v->interrupt |= INTERRUPT_CONFIG;
}

static bool is_modern(const struct virtio *v)
{
    return v->version == VIRTIO_MODERN;
}

static u32 table_at(const struct virtio *v)
{
    return is_modern(v) ? v->part[VIRTIO_DESCRIPTORS].low : v->queue_pfn * v->page_size;
}

static u32 available_at(const struct virtio *v)
{
    return is_modern(v) ? v->part[VIRTIO_AVAILABLE].low : table_at(v) + 16 * v->queue_size;
}

static u32 used_at(const struct virtio *v)
{
    if (is_modern(v))
        return v->part[VIRTIO_USED].low;
    u32 end = available_at(v) + 2 * (3 + v->queue_size);
    return (end + v->queue_align - 1) & ~(v->queue_align - 1);
}

static bool read_half(const struct board_wires *w, u32 address, u16 *half)
{
    return w->memory_read(w->context, address, half, sizeof *half);
}

// Appends one descriptor to the chain. Returns false if such a buffer is not possible here.
static bool chain_add(struct virtio_chain *chain, const struct descriptor *d)
{
    bool write = d->flags & VIRTIO_DESC_WRITE;
    u32 *total = write ? &chain->writable_bytes : &chain->readable_bytes;
    if (d->address_high || (d->flags & VIRTIO_DESC_INDIRECT) || *total + d->bytes < *total)
        return false;
    if (!write) {
        if (chain->count != chain->readable)
            return false; // a readable descriptor after a writable one
        chain->readable++;
    }
    *total += d->bytes;
    chain->part[chain->count++] = (struct virtio_part){d->address, d->bytes};
    return true;
}

// Reads the chain that starts at descriptor `head`. A chain that is longer than the table has to be
// a loop.
static bool chain_read(const struct virtio *v, const struct board_wires *w, u32 head,
                       struct virtio_chain *chain)
{
    chain->count = chain->readable = chain->readable_bytes = chain->writable_bytes = 0;
    for (u32 index = head;;) {
        struct descriptor d;
        // The guest wrote `index`, and may have closed the chain to a loop.
        if (index >= v->queue_size || chain->count == v->queue_size)
            return false;
        if (!w->memory_read(w->context, table_at(v) + 16 * index, &d, sizeof d) ||
            !chain_add(chain, &d))
            return false;
        if (!(d.flags & VIRTIO_DESC_NEXT))
            return true;
        index = d.next;
    }
}

static bool put_used(struct virtio *v, const struct board_wires *w, u32 head, u32 bytes)
{
    u32 entry[2] = {head, bytes};
    if (!w->memory_write(w->context, used_at(v) + 4 + 8 * (v->used % v->queue_size), entry,
                         sizeof entry))
        return false;
    v->used++;
    return w->memory_write(w->context, used_at(v) + 2, &v->used, sizeof v->used);
}

static bool serve_one(struct virtio *v, const struct board_wires *w, struct virtio_chain *chain)
{
    u16 head;
    u32 written;
    if (!read_half(w, available_at(v) + 4 + 2 * (v->seen % v->queue_size), &head))
        return false;
    v->seen++;
    return chain_read(v, w, head, chain) && virtio_block_request(chain, w, &written) &&
           put_used(v, w, head, written);
}

// Returns true if the driver has said where the queue is. In the modern interface the driver
// must also have said that it has completed everything else.
static bool has_queue(const struct virtio *v)
{
    const u32 done = VIRTIO_FEATURES_OK | VIRTIO_DRIVER_OK;
    if (!is_modern(v))
        return v->queue_pfn != 0;
    return v->queue_ready && (v->status & done) == done;
}

// Physical memory ends below 2^32, so a part of the queue that lies higher cannot be reached.
static bool is_beyond(const struct virtio *v)
{
    return v->part[VIRTIO_DESCRIPTORS].high || v->part[VIRTIO_AVAILABLE].high ||
           v->part[VIRTIO_USED].high;
}

// Serves what the guest has made available. The available index is read once: a request that its
// own DMA adds while it runs is served by the next notification.
static void notify(struct virtio *v, const struct board_wires *w)
{
    u16 flags, index;
    struct virtio_chain chain;
    if (!has_queue(v) || (v->status & VIRTIO_NEEDS_RESET))
        return;
    // Both indices count modulo 65536, so their difference is how many requests are new.
    if (is_beyond(v) || !read_half(w, available_at(v) + 2, &index) ||
        (u16)(index - v->seen) > v->queue_size) {
        break_device(v);
        return;
    }
    if (v->seen == index)
        return;
    while (v->seen != index)
        if (!serve_one(v, w, &chain)) {
            break_device(v);
            return;
        }
    if (!read_half(w, available_at(v), &flags))
        break_device(v);
    else if (!(flags & AVAIL_NO_INTERRUPT))
        v->interrupt |= INTERRUPT_USED;
}

// ---- registers

static void forget_queue(struct virtio *v)
{
    v->queue_size = VIRTIO_QUEUE_MAX;
    v->queue_align = 4096;
    v->queue_pfn = 0;
    v->seen = v->used = 0;
}

// A reset by the driver, who stores 0 to Status.
static void restart(struct virtio *v)
{
    u32 page_size = v->page_size, version = v->version;
    *v = (struct virtio){.page_size = page_size, .version = version};
    forget_queue(v);
}

void virtio_reset(struct virtio *v)
{
    v->page_size = 1;
    restart(v);
}

bool virtio_interrupt(const struct virtio *v)
{
    return v->interrupt != 0;
}

static bool has_disk(const struct board_wires *w)
{
    return w->disk_sectors(w->context) != 0;
}

static bool is_power_of_two(u32 value)
{
    return value && !(value & (value - 1));
}

// A byte of the block device's configuration: capacity, (size_max), seg_max, (geometry), blk_size.
// The features of those in parentheses are not offered, so they read 0, as does all that follows.
static u32 config_byte(const struct board_wires *w, u32 offset)
{
    u64 sectors = w->disk_sectors(w->context);
    const u32 word[6] = {(u32)sectors, (u32)(sectors >> 32), 0, VIRTIO_QUEUE_MAX - 2, 0,
                         BOARD_SECTOR};
    return offset < sizeof word ? word[offset / 4] >> offset % 4 * 8 & 0xff : 0;
}

static u32 config_load(const struct board_wires *w, u32 offset, u32 size)
{
    u32 value = 0;
    for (u32 i = 0; i < size; i++)
        value |= config_byte(w, offset + i) << i * 8;
    return value;
}

// The features that the device offers, 32 at a time.
static u32 offered(const struct virtio *v, u32 word)
{
    if (word == 0)
        return is_modern(v) ? FEATURES_MODERN : FEATURES;
    return word == 1 && is_modern(v) ? FEATURES_HIGH : 0;
}

static u32 legacy_load(const struct virtio *v, u32 offset)
{
    return offset == VIRTIO_REG_QUEUE_PFN && v->queue_select == 0 ? v->queue_pfn : 0;
}

static u32 modern_load(const struct virtio *v, u32 offset)
{
    switch (offset) {
    case VIRTIO_REG_QUEUE_READY:
        return v->queue_select ? 0 : v->queue_ready;
    case VIRTIO_REG_SHARED_LENGTH:
    case VIRTIO_REG_SHARED_LENGTH + 4:
    case VIRTIO_REG_SHARED_BASE:
    case VIRTIO_REG_SHARED_BASE + 4:
        return 0xffffffff; // there is no such region
    default:
        return 0; // ConfigGeneration among others: the configuration never changes
    }
}

static u32 register_load(const struct virtio *v, u32 offset)
{
    switch (offset) {
    case VIRTIO_REG_HOST_FEATURES:
        return offered(v, v->device_select);
    case VIRTIO_REG_QUEUE_MAX:
        return v->queue_select ? 0 : VIRTIO_QUEUE_MAX;
    case VIRTIO_REG_INTERRUPT:
        return v->interrupt;
    case VIRTIO_REG_STATUS:
        return v->status;
    default:
        return is_modern(v) ? modern_load(v, offset) : legacy_load(v, offset);
    }
}

bool virtio_load(const struct virtio *v, const struct board_wires *w, u32 offset, u32 size,
                 u32 *value)
{
    bool present = offset < VIRTIO_SLOT_SIZE && has_disk(w);
    offset %= VIRTIO_SLOT_SIZE;
    if (offset < VIRTIO_REG_CONFIG && size != 4)
        return false;
    switch (offset) {
    case VIRTIO_REG_MAGIC:
        *value = VIRTIO_MAGIC;
        break;
    case VIRTIO_REG_VERSION:
        *value = v->version;
        break;
    case VIRTIO_REG_DEVICE:
        *value = present ? VIRTIO_BLOCK_DEVICE : 0;
        break;
    case VIRTIO_REG_VENDOR:
        *value = VIRTIO_VENDOR;
        break;
    default:
        if (!present)
            *value = 0;
        else
            *value = offset < VIRTIO_REG_CONFIG ? register_load(v, offset)
                                                : config_load(w, offset - VIRTIO_REG_CONFIG, size);
        break;
    }
    return true;
}

// Stores to the registers of the queue that QueueSel names. Only queue 0 exists. A size or
// alignment that is not possible is ignored.
static void legacy_queue_store(struct virtio *v, u32 offset, u32 value)
{
    if (offset == VIRTIO_REG_QUEUE_SIZE && is_power_of_two(value) && value <= VIRTIO_QUEUE_MAX)
        v->queue_size = value;
    else if (offset == VIRTIO_REG_QUEUE_ALIGN && is_power_of_two(value))
        v->queue_align = value;
    else if (offset == VIRTIO_REG_QUEUE_PFN && value)
        v->queue_pfn = value;
    else if (offset == VIRTIO_REG_QUEUE_PFN)
        forget_queue(v);
}

// While the queue is ready it stays where it is: a store to another of its registers is ignored.
static void modern_queue_store(struct virtio *v, u32 offset, u32 value)
{
    static const struct {
        u32 offset;
        enum virtio_queue_part part;
    } places[] = {{VIRTIO_REG_DESCRIPTORS, VIRTIO_DESCRIPTORS},
                  {VIRTIO_REG_AVAILABLE, VIRTIO_AVAILABLE},
                  {VIRTIO_REG_USED, VIRTIO_USED}};
    if (offset == VIRTIO_REG_QUEUE_READY)
        v->queue_ready = value != 0;
    if (v->queue_ready)
        return;
    if (offset == VIRTIO_REG_QUEUE_SIZE && is_power_of_two(value) && value <= VIRTIO_QUEUE_MAX)
        v->queue_size = value;
    for (u32 i = 0; i < VIRTIO_PARTS; i++) {
        if (offset == places[i].offset)
            v->part[places[i].part].low = value;
        else if (offset == places[i].offset + 4)
            v->part[places[i].part].high = value;
    }
}

static void queue_store(struct virtio *v, u32 offset, u32 value)
{
    if (v->queue_select)
        return;
    if (is_modern(v))
        modern_queue_store(v, offset, value);
    else
        legacy_queue_store(v, offset, value);
}

// The modern driver stores what it accepts before it says FEATURES_OK, and no more after that.
static void features_store(struct virtio *v, u32 value)
{
    if (!is_modern(v) && v->driver_select == 0)
        v->features = value & FEATURES;
    if (!is_modern(v) || (v->status & VIRTIO_FEATURES_OK))
        return;
    if (v->driver_select == 0)
        v->features = value;
    else if (v->driver_select == 1)
        v->features_high = value;
}

// Returns true if the device may work with the features that the driver has accepted. VERSION_1
// is required.
static bool is_agreed(const struct virtio *v)
{
    return !(v->features & ~FEATURES_MODERN) && v->features_high == FEATURES_HIGH;
}

static void status_store(struct virtio *v, u32 value)
{
    if (value == 0) {
        restart(v);
        return;
    }
    // Only a reset mends a broken device.
    v->status = (value & 0xff) | (v->status & VIRTIO_NEEDS_RESET);
    // The driver loads Status again to see whether the device agrees.
    if (is_modern(v) && !is_agreed(v))
        v->status &= ~(u32)VIRTIO_FEATURES_OK;
}

static void register_store(struct virtio *v, const struct board_wires *w, u32 offset, u32 value)
{
    switch (offset) {
    case VIRTIO_REG_HOST_SELECT:
        v->device_select = value;
        break;
    case VIRTIO_REG_GUEST_SELECT:
        v->driver_select = value;
        break;
    case VIRTIO_REG_GUEST_FEATURES:
        features_store(v, value);
        break;
    case VIRTIO_REG_PAGE_SIZE:
        if (!is_modern(v) && is_power_of_two(value))
            v->page_size = value;
        break;
    case VIRTIO_REG_QUEUE_SELECT:
        v->queue_select = value;
        break;
    case VIRTIO_REG_NOTIFY:
        if (value == 0)
            notify(v, w);
        break;
    case VIRTIO_REG_ACKNOWLEDGE:
        v->interrupt &= ~value;
        break;
    case VIRTIO_REG_STATUS:
        status_store(v, value);
        break;
    default:
        queue_store(v, offset, value);
        break;
    }
}

bool virtio_store(struct virtio *v, const struct board_wires *w, u32 offset, u32 size, u32 value)
{
    bool present = offset < VIRTIO_SLOT_SIZE && has_disk(w);
    offset %= VIRTIO_SLOT_SIZE;
    if (offset < VIRTIO_REG_CONFIG && size != 4)
        return false;
    if (present && offset < VIRTIO_REG_CONFIG)
        register_store(v, w, offset, value);
    return true;
}
