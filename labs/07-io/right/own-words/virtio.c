// The registers of the virtio block device, which are given, and its queue, which is yours. What a
// request asks for is done by virtio_block_request (virtio_block.h), which is given, too.
#include "isa/board/board.h"
#include "isa/board/virtio_block.h"

enum {
    FEATURE_SEG_MAX = 1u << 2,
    FEATURE_BLK_SIZE = 1u << 6,
    FEATURE_FLUSH = 1u << 9,
    FEATURE_ANY_LAYOUT = 1u << 27
};
#define FEATURES (FEATURE_SEG_MAX | FEATURE_BLK_SIZE | FEATURE_FLUSH | FEATURE_ANY_LAYOUT)

enum { INTERRUPT_USED = 1, INTERRUPT_CONFIG = 2 }; // bits of v->interrupt
enum { AVAIL_NO_INTERRUPT = 1 };                   // of the flags of the available ring

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

// What is where: all addresses are computed once per notification.
struct rings {
    u32 table, available, used, size;
};

static struct rings where(const struct virtio *v)
{
    struct rings r;
    r.size = v->queue_size;
    r.table = v->queue_pfn * v->page_size;
    r.available = r.table + r.size * sizeof(struct descriptor);
    r.used = r.available + 6 + 2 * r.size;
    if (r.used % v->queue_align)
        r.used += v->queue_align - r.used % v->queue_align;
    return r;
}

static bool get(const struct board_wires *w, u32 at, void *to, u32 bytes)
{
    return w->memory_read(w->context, at, to, bytes);
}

enum result { GOOD, BAD };

// Walks the chain with a hop counter.
static enum result gather(const struct board_wires *w, const struct rings *r, u16 head,
                          struct virtio_chain *c)
{
    u32 hops = r->size, at = head;
    c->count = 0;
    c->readable = 0;
    c->readable_bytes = 0;
    c->writable_bytes = 0;
    do {
        struct descriptor d;
        if (hops-- == 0)
            return BAD;
        if (at >= r->size)
            return BAD;
        if (!get(w, r->table + at * 16, &d, 16))
            return BAD;
        if (d.address_high != 0)
            return BAD;
        if (d.flags & VIRTIO_DESC_INDIRECT)
            return BAD;
        u64 sum;
        if (d.flags & VIRTIO_DESC_WRITE) {
            sum = (u64)c->writable_bytes + d.bytes;
            c->writable_bytes = (u32)sum;
        } else {
            if (c->count > c->readable)
                return BAD;
            c->readable += 1;
            sum = (u64)c->readable_bytes + d.bytes;
            c->readable_bytes = (u32)sum;
        }
        if (sum >> 32)
            return BAD;
        c->part[c->count].address = d.address;
        c->part[c->count].bytes = d.bytes;
        c->count++;
        if (!(d.flags & VIRTIO_DESC_NEXT))
            return GOOD;
        at = d.next;
    } while (true);
}

static enum result one(struct virtio *v, const struct board_wires *w, const struct rings *r)
{
    struct virtio_chain c;
    struct {
        u32 id, len;
    } element;
    u16 head;
    u32 n = 0;
    if (!get(w, r->available + 4 + (v->seen & (r->size - 1)) * 2u, &head, 2))
        return BAD;
    v->seen = (u16)(v->seen + 1);
    if (gather(w, r, head, &c) == BAD || !virtio_block_request(&c, w, &n))
        return BAD;
    element.id = head;
    element.len = n;
    if (!w->memory_write(w->context, r->used + 4 + (v->used & (r->size - 1)) * 8u, &element, 8))
        return BAD;
    u16 next = (u16)(v->used + 1);
    v->used = next;
    return w->memory_write(w->context, r->used + 2, &next, 2) ? GOOD : BAD;
}

static void notify(struct virtio *v, const struct board_wires *w)
{
    struct {
        u16 flags, index;
    } ring;
    if ((v->status & VIRTIO_NEEDS_RESET) || v->queue_pfn == 0)
        return;
    struct rings r = where(v);
    bool readable = get(w, r.available, &ring, sizeof ring);
    u16 fresh = readable ? (u16)(ring.index - v->seen) : 0xffff;
    if (fresh > r.size)
        goto broken;
    for (u32 i = 0; i < fresh; i++)
        if (one(v, w, &r) == BAD)
            goto broken;
    if (fresh && get(w, r.available, &ring.flags, 2) && !(ring.flags & AVAIL_NO_INTERRUPT))
        v->interrupt |= INTERRUPT_USED;
    return;
broken:
    break_device(v);
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
    u32 page_size = v->page_size;
    *v = (struct virtio){.page_size = page_size};
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

static u32 register_load(const struct virtio *v, u32 offset)
{
    switch (offset) {
    case VIRTIO_REG_HOST_FEATURES:
        return v->device_select ? 0 : FEATURES;
    case VIRTIO_REG_QUEUE_MAX:
        return v->queue_select ? 0 : VIRTIO_QUEUE_MAX;
    case VIRTIO_REG_QUEUE_PFN:
        return v->queue_select ? 0 : v->queue_pfn;
    case VIRTIO_REG_INTERRUPT:
        return v->interrupt;
    case VIRTIO_REG_STATUS:
        return v->status;
    default:
        return 0;
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
        *value = VIRTIO_LEGACY;
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
static void queue_store(struct virtio *v, u32 offset, u32 value)
{
    if (v->queue_select)
        return;
    if (offset == VIRTIO_REG_QUEUE_SIZE && is_power_of_two(value) && value <= VIRTIO_QUEUE_MAX)
        v->queue_size = value;
    else if (offset == VIRTIO_REG_QUEUE_ALIGN && is_power_of_two(value))
        v->queue_align = value;
    else if (offset == VIRTIO_REG_QUEUE_PFN && value)
        v->queue_pfn = value;
    else if (offset == VIRTIO_REG_QUEUE_PFN)
        forget_queue(v);
}

static void status_store(struct virtio *v, u32 value)
{
    if (value == 0)
        restart(v);
    else // only a reset mends a broken device
        v->status = (value & 0xff) | (v->status & VIRTIO_NEEDS_RESET);
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
        if (v->driver_select == 0)
            v->features = value & FEATURES;
        break;
    case VIRTIO_REG_PAGE_SIZE:
        if (is_power_of_two(value))
            v->page_size = value;
        break;
    case VIRTIO_REG_QUEUE_SELECT:
        v->queue_select = value;
        break;
    case VIRTIO_REG_QUEUE_SIZE:
    case VIRTIO_REG_QUEUE_ALIGN:
    case VIRTIO_REG_QUEUE_PFN:
        queue_store(v, offset, value);
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
