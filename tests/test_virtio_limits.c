// The limits of the virtio block device: the largest queue, the longest chain, the farthest index,
// the last sector, and one more of each. The driver here is for queues of every size.
#include "tests/fake_board.h"

#include <string.h>

enum { NEXT = VIRTIO_DESC_NEXT, WRITE = VIRTIO_DESC_WRITE };

// The driver's memory. The largest queue has descriptors and the available ring in the first page.
#define QUEUE 0x80001000u
#define HEADER 0x80003000u
#define OUTCOME 0x80003100u
#define DATA 0x80004000u

static const u32 sizes[] = {2, 8, VIRTIO_QUEUE_MAX / 2, VIRTIO_QUEUE_MAX};
#define SIZES (sizeof sizes / sizeof *sizes)

// The board, and what its device has done.
struct watched {
    struct fake *f;
    struct board_wires own; // the fake board's
    u32 reads, sectors;     // reads of guest memory, sectors moved
};

static bool count_memory_read(void *context, u32 address, void *to, u32 bytes)
{
    struct watched *w = context;
    w->reads++;
    return w->own.memory_read(w->f, address, to, bytes);
}

static bool memory_write(void *context, u32 address, const void *from, u32 bytes)
{
    struct watched *w = context;
    return w->own.memory_write(w->f, address, from, bytes);
}

static u64 disk_sectors(void *context)
{
    struct watched *w = context;
    return w->own.disk_sectors(w->f);
}

static bool count_disk_read(void *context, u64 sector, void *to)
{
    struct watched *w = context;
    w->sectors++;
    return w->own.disk_read(w->f, sector, to);
}

static bool count_disk_write(void *context, u64 sector, const void *from)
{
    struct watched *w = context;
    w->sectors++;
    return w->own.disk_write(w->f, sector, from);
}

// The device reads and writes through these wires. They have no console: the device needs none.
static void watch(struct watched *w)
{
    *w = (struct watched){.f = fake_new()};
    w->own = w->f->wires;
    w->f->wires = (struct board_wires){.context = w,
                                       .memory_read = count_memory_read,
                                       .memory_write = memory_write,
                                       .disk_sectors = disk_sectors,
                                       .disk_read = count_disk_read,
                                       .disk_write = count_disk_write};
}

static void put(struct watched *w, u32 offset, u32 value)
{
    fake_store(w->f, BOARD_VIRTIO + offset, 4, value);
}

static bool is_broken(struct watched *w)
{
    return fake_load(w->f, BOARD_VIRTIO + VIRTIO_REG_STATUS, 4) & VIRTIO_NEEDS_RESET;
}

static u8 *at(struct watched *w, u32 address)
{
    return w->f->ram + (address - BOARD_RAM);
}

static void start(struct watched *w, u32 size)
{
    watch(w);
    put(w, VIRTIO_REG_STATUS, VIRTIO_ACKNOWLEDGED | VIRTIO_DRIVER);
    put(w, VIRTIO_REG_PAGE_SIZE, 4096);
    put(w, VIRTIO_REG_QUEUE_SIZE, size);
    put(w, VIRTIO_REG_QUEUE_ALIGN, 4096);
    put(w, VIRTIO_REG_QUEUE_PFN, QUEUE / 4096);
    put(w, VIRTIO_REG_STATUS, VIRTIO_ACKNOWLEDGED | VIRTIO_DRIVER | VIRTIO_DRIVER_OK);
}

static void descriptor(struct watched *w, u32 index, u32 address, u32 bytes, u32 flags, u32 next)
{
    u32 words[4] = {address, 0, bytes, flags | next << 16};
    memcpy(at(w, QUEUE + 16 * index), words, sizeof words);
}

static void header(struct watched *w, u32 type, u64 sector)
{
    u32 words[4] = {type, 0, (u32)sector, (u32)(sector >> 32)};
    memcpy(at(w, HEADER), words, sizeof words);
    *at(w, OUTCOME) = 0xee;
}

// Sets the available index, and tells the device. Each entry of the ring names descriptor 0.
static void notify(struct watched *w, u32 size, u32 index)
{
    memcpy(at(w, QUEUE + 16 * size + 2), &(u16){(u16)index}, 2);
    w->reads = w->sectors = 0;
    put(w, VIRTIO_REG_NOTIFY, 0);
}

// A chain as long as the queue: header, data, empty buffers, the outcome. If it loops, the outcome
// leads back to the second descriptor.
static void offer_whole_table(struct watched *w, u32 size, bool loops)
{
    start(w, size);
    header(w, size == 2 ? VIRTIO_BLK_FLUSH : VIRTIO_BLK_IN, 0);
    descriptor(w, 0, HEADER, 16, NEXT, 1);
    for (u32 i = 1; i < size - 1; i++)
        descriptor(w, i, DATA, i == 1 ? 512 : 0, NEXT | WRITE, i + 1);
    descriptor(w, size - 1, OUTCOME, 1, WRITE | (loops ? NEXT : 0), 1);
    notify(w, size, 1);
}

static void a_chain_may_be_as_long_as_the_queue(void)
{
    struct watched w;
    for (u32 i = 0; i < SIZES; i++) {
        offer_whole_table(&w, sizes[i], false);
        CU_ASSERT_FALSE(is_broken(&w));
        CU_ASSERT_EQUAL(*at(&w, OUTCOME), VIRTIO_BLK_OK);
        fake_free(w.f);
        offer_whole_table(&w, sizes[i], true);
        CU_ASSERT(is_broken(&w));
        // The index, the head, and each descriptor once: a longer chain has to be a loop.
        CU_ASSERT_EQUAL(w.reads, 2 + sizes[i]);
        fake_free(w.f);
    }
}

// Behind the last descriptor lies the available ring, which the device must not take for one more.
static void a_descriptor_behind_the_table_is_not_read(void)
{
    struct watched w;
    for (u32 i = 0; i < SIZES; i++)
        for (u32 beyond = sizes[i]; beyond < 0x10000; beyond = 2 * beyond + 1)
            for (u32 is_next = 0; is_next < 2; is_next++) {
                start(&w, sizes[i]);
                header(&w, VIRTIO_BLK_FLUSH, 0);
                descriptor(&w, 0, HEADER, 16, NEXT, beyond);
                if (!is_next)
                    memcpy(at(&w, QUEUE + 16 * sizes[i] + 4), &(u16){(u16)beyond}, 2); // the head
                notify(&w, sizes[i], 1);
                CU_ASSERT(is_broken(&w));
                CU_ASSERT_EQUAL(w.reads, 2 + is_next); // the index, the head, descriptor 0
                fake_free(w.f);
            }
}

static void the_index_may_run_ahead_by_the_queue(void)
{
    struct watched w;
    for (u32 i = 0; i < SIZES; i++)
        for (u32 jump = 0; jump < 0x10000; jump += jump < 300 ? 1 : 251) {
            start(&w, sizes[i]);
            header(&w, VIRTIO_BLK_FLUSH, 0);
            descriptor(&w, 0, HEADER, 16, NEXT, 1);
            descriptor(&w, 1, OUTCOME, 1, WRITE, 0);
            notify(&w, sizes[i], jump);
            CU_ASSERT_EQUAL(is_broken(&w), jump > sizes[i]);
            CU_ASSERT_EQUAL(w.f->board.virtio.used, jump > sizes[i] ? 0 : jump);
            if (jump > sizes[i])
                CU_ASSERT_EQUAL(w.reads, 1); // of the index, and of nothing else
            fake_free(w.f);
        }
}

// A refused transfer moves nothing at all, not even those of its sectors that are on the disk.
static void a_transfer_ends_at_the_last_sector(void)
{
    struct watched w;
    for (u32 type = VIRTIO_BLK_IN; type <= VIRTIO_BLK_OUT; type++)
        for (u32 sectors = 0; sectors < 4; sectors++)
            for (u32 first = FAKE_SECTORS - 4; first <= FAKE_SECTORS + 1; first++) {
                bool fits = first + sectors <= FAKE_SECTORS;
                start(&w, 8);
                header(&w, type, first);
                descriptor(&w, 0, HEADER, 16, NEXT, 1);
                descriptor(&w, 1, DATA, 512 * sectors, NEXT | (type == VIRTIO_BLK_IN ? WRITE : 0),
                           2);
                descriptor(&w, 2, OUTCOME, 1, WRITE, 0);
                notify(&w, 8, 1);
                CU_ASSERT_EQUAL(*at(&w, OUTCOME), fits ? VIRTIO_BLK_OK : VIRTIO_BLK_IOERR);
                CU_ASSERT_EQUAL(w.sectors, fits ? sectors : 0);
                fake_free(w.f);
            }
}

const struct suite suite_virtio_limits = {
    "virtio_limits",
    (const struct test[]){
        {"a chain may be as long as the queue, and no longer", a_chain_may_be_as_long_as_the_queue},
        {"a descriptor behind the table is not read", a_descriptor_behind_the_table_is_not_read},
        {"the available index may run ahead by the queue, and no further",
         the_index_may_run_ahead_by_the_queue},
        {"a transfer that leaves the disk moves nothing", a_transfer_ends_at_the_last_sector},
        {0}}};
