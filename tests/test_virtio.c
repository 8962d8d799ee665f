// The virtio block device against Virtio 1.1 (legacy MMIO interface), with a small driver in the
// fake board's RAM.
#include "tests/fake_board.h"

#include <string.h>

#define AT(offset) (BOARD_VIRTIO + (offset))
#define GET(offset) LOAD4(AT(offset))
#define PUT(offset, value) STORE4(AT(offset), value)

enum {
    MAGIC,
    VERSION = 4,
    DEVICE = 8,
    VENDOR = 12,
    HOST_FEATURES = 0x10,
    HOST_SELECT = 0x14,
    GUEST_FEATURES = 0x20
};
enum {
    PAGE_SIZE_AT = 0x28,
    QUEUE_SELECT = 0x30,
    QUEUE_MAX = 0x34,
    QUEUE_SIZE = 0x38,
    QUEUE_ALIGN = 0x3c,
    QUEUE_PFN = 0x40
};
enum { NOTIFY = 0x50, INTERRUPT = 0x60, ACKNOWLEDGE = 0x64, STATUS = 0x70, CONFIG = 0x100 };
enum { NEXT = 1, WRITE = 2, INDIRECT = 4 };

// The driver's memory: a queue of 8 at 0x80001000 and buffers behind it.
#define SIZE 8u
#define QUEUE 0x80001000u
#define AVAILABLE (QUEUE + 16 * SIZE)
#define USED 0x80002000u
#define HEADER 0x80003000u
#define OUTCOME 0x80003100u
#define DATA 0x80004000u

struct request_header {
    u32 type, reserved;
    u64 sector;
};

static u8 *at(struct fake *f, u32 address)
{
    return f->ram + (address - BOARD_RAM);
}

static u16 half(struct fake *f, u32 address)
{
    u16 value;
    memcpy(&value, at(f, address), 2);
    return value;
}

static void put_half(struct fake *f, u32 address, u32 value)
{
    memcpy(at(f, address), &(u16){(u16)value}, 2);
}

static u32 word(struct fake *f, u32 address)
{
    u32 value;
    memcpy(&value, at(f, address), 4);
    return value;
}

static void descriptor(struct fake *f, u32 index, u32 address, u32 bytes, u32 flags, u32 next)
{
    u32 words[4] = {address, 0, bytes, flags | next << 16};
    memcpy(at(f, QUEUE + 16 * index), words, sizeof words);
}

static void header(struct fake *f, u32 type, u64 sector)
{
    struct request_header h = {type, 0, sector};
    memcpy(at(f, HEADER), &h, sizeof h);
    *at(f, OUTCOME) = 0xee;
}

// Makes chain `head` available, without a notify.
static void offer(struct fake *f, u32 head)
{
    u16 index = half(f, AVAILABLE + 2);
    put_half(f, AVAILABLE + 4 + 2 * (index % SIZE), head);
    put_half(f, AVAILABLE + 2, index + 1u);
}

static u8 submit(struct fake *f, u32 head)
{
    offer(f, head);
    PUT(NOTIFY, 0);
    return *at(f, OUTCOME);
}

// The usual three descriptors: header, data, outcome.
static u8 request(struct fake *f, u32 type, u64 sector, u32 bytes)
{
    header(f, type, sector);
    descriptor(f, 0, HEADER, 16, NEXT, 1);
    descriptor(f, 1, DATA, bytes, NEXT | (type == VIRTIO_BLK_OUT ? 0 : WRITE), 2);
    descriptor(f, 2, OUTCOME, 1, WRITE, 0);
    return submit(f, 0);
}

static void start(struct fake *f)
{
    PUT(STATUS, 0);
    PUT(STATUS, 3);
    PUT(GUEST_FEATURES, GET(HOST_FEATURES));
    PUT(PAGE_SIZE_AT, 4096);
    PUT(QUEUE_SELECT, 0);
    PUT(QUEUE_SIZE, SIZE);
    PUT(QUEUE_ALIGN, 4096);
    PUT(QUEUE_PFN, QUEUE / 4096);
    PUT(STATUS, 7);
}

static struct fake *driver_new(void)
{
    struct fake *f = fake_new();
    start(f);
    return f;
}

static bool is_broken(struct fake *f)
{
    return GET(STATUS) & VIRTIO_NEEDS_RESET;
}

// ---- what is there

static void test_identity(void)
{
    struct fake *f = fake_new();
    CU_ASSERT_EQUAL(GET(MAGIC), 0x74726976);
    CU_ASSERT_EQUAL(GET(VERSION), 1);
    CU_ASSERT_EQUAL(GET(DEVICE), 2);
    CU_ASSERT_EQUAL(GET(HOST_FEATURES), 1u << 27 | 1u << 9 | 1u << 6 | 1u << 2);
    PUT(HOST_SELECT, 1);
    CU_ASSERT_EQUAL(GET(HOST_FEATURES), 0);
    CU_ASSERT(GET(QUEUE_MAX) >= SIZE);
    PUT(QUEUE_SELECT, 1);
    CU_ASSERT_EQUAL(GET(QUEUE_MAX), 0);
    fake_free(f);
}

static void test_empty_slots(void)
{
    struct fake *f = fake_new();
    for (u32 slot = 1; slot < 8; slot++) {
        CU_ASSERT_EQUAL(GET(slot * 0x1000 + MAGIC), 0x74726976);
        CU_ASSERT_EQUAL(GET(slot * 0x1000 + VERSION), 1);
        CU_ASSERT_EQUAL(GET(slot * 0x1000 + DEVICE), 0);
        PUT(slot * 0x1000 + STATUS, 1);
        CU_ASSERT_EQUAL(GET(slot * 0x1000 + STATUS), 0);
    }
    f->sectors = 0;
    CU_ASSERT_EQUAL(GET(DEVICE), 0);
    fake_free(f);
}

static void test_config(void)
{
    struct fake *f = fake_new();
    f->sectors = 0x123456789a;
    CU_ASSERT_EQUAL(GET(CONFIG), 0x3456789a);
    CU_ASSERT_EQUAL(GET(CONFIG + 4), 0x12);
    CU_ASSERT_EQUAL(fake_load(f, AT(CONFIG + 1), 1), 0x78);
    CU_ASSERT_EQUAL(fake_load(f, AT(CONFIG + 2), 2), 0x3456);
    CU_ASSERT_EQUAL(GET(CONFIG + 20), 512);
    CU_ASSERT_EQUAL(GET(0xffc), 0);
    fake_store(f, AT(CONFIG), 1, 0);
    CU_ASSERT_EQUAL(GET(CONFIG), 0x3456789a);
    CU_ASSERT(fake_refuses(f, AT(STATUS), 1));
    CU_ASSERT(fake_refuses(f, AT(STATUS), 2));
    fake_free(f);
}

static void test_reset(void)
{
    struct fake *f = driver_new();
    request(f, VIRTIO_BLK_IN, 0, 512);
    PUT(STATUS, 0);
    CU_ASSERT_EQUAL(GET(STATUS), 0);
    CU_ASSERT_EQUAL(GET(QUEUE_PFN), 0);
    CU_ASSERT_EQUAL(GET(INTERRUPT), 0);
    CU_ASSERT_EQUAL(f->board.virtio.page_size, 4096); // Linux sets it before its first reset
    memset(at(f, QUEUE), 0, 0x2000);
    start(f);
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 0, 512), VIRTIO_BLK_OK);
    CU_ASSERT_EQUAL(half(f, USED + 2), 1);
    fake_free(f);
}

static void test_byte_address(void)
{
    struct fake *f =
        fake_new(); // a driver that never sets GuestPageSize and stores 0 to QueueAlign
    PUT(QUEUE_SIZE, SIZE);
    PUT(QUEUE_ALIGN, 0);
    PUT(QUEUE_PFN, QUEUE);
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 1, 512), VIRTIO_BLK_OK);
    CU_ASSERT_EQUAL(half(f, USED + 2), 1);
    fake_free(f);
}

static void test_queue_registers(void)
{
    struct fake *f = fake_new();
    const u32 odd[] = {0, 3, 256, 0x80000000, 0xffffffff};
    PUT(QUEUE_SIZE, 16);
    for (u32 i = 0; i < sizeof odd / sizeof *odd; i++) {
        PUT(QUEUE_SIZE, odd[i]);
        CU_ASSERT_EQUAL(f->board.virtio.queue_size, 16);
    }
    PUT(PAGE_SIZE_AT, 3);
    CU_ASSERT_EQUAL(f->board.virtio.page_size, 1);
    PUT(QUEUE_SELECT, 1);
    PUT(QUEUE_PFN, 5);
    CU_ASSERT_EQUAL(GET(QUEUE_PFN), 0);
    PUT(QUEUE_SELECT, 0);
    CU_ASSERT_EQUAL(GET(QUEUE_PFN), 0);
    fake_free(f);
}

// ---- requests

static void test_read(void)
{
    struct fake *f = driver_new();
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 3, 1024), VIRTIO_BLK_OK);
    CU_ASSERT_EQUAL(memcmp(at(f, DATA), f->disk + 3 * 512, 1024), 0);
    CU_ASSERT_EQUAL(half(f, USED + 2), 1);
    CU_ASSERT_EQUAL(word(f, USED + 4), 0);
    CU_ASSERT_EQUAL(word(f, USED + 8), 1025);
    fake_free(f);
}

static void test_write(void)
{
    struct fake *f = driver_new();
    for (u32 i = 0; i < 512; i++)
        at(f, DATA)[i] = (u8)(255 - i);
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_OUT, 63, 512), VIRTIO_BLK_OK);
    CU_ASSERT_EQUAL(memcmp(at(f, DATA), f->disk + 63 * 512, 512), 0);
    CU_ASSERT_EQUAL(word(f, USED + 8), 1);
    fake_free(f);
}

static void test_other_types(void)
{
    struct fake *f = driver_new();
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_GET_ID, 0, 20), VIRTIO_BLK_OK);
    CU_ASSERT_STRING_EQUAL((char *)at(f, DATA), "trapeze");
    CU_ASSERT_EQUAL(request(f, 99, 0, 512), VIRTIO_BLK_UNSUPP);
    header(f, VIRTIO_BLK_FLUSH, 0);
    descriptor(f, 0, HEADER, 16, NEXT, 1);
    descriptor(f, 1, OUTCOME, 1, WRITE, 0);
    CU_ASSERT_EQUAL(submit(f, 0), VIRTIO_BLK_OK);
    CU_ASSERT_FALSE(is_broken(f));
    fake_free(f);
}

static void test_any_layout(void)
{
    struct fake *f = driver_new();
    header(f, VIRTIO_BLK_IN, 8);
    descriptor(f, 5, HEADER, 3, NEXT, 7);
    descriptor(f, 7, HEADER + 3, 13, NEXT, 1);
    descriptor(f, 1, DATA, 1, NEXT | WRITE, 0);
    descriptor(f, 0, DATA + 1, 0, NEXT | WRITE, 2);
    descriptor(f, 2, DATA + 1, 700, NEXT | WRITE, 3);
    descriptor(f, 3, DATA + 701, 324, WRITE, 0); // 323 of data, and the outcome
    submit(f, 5);
    CU_ASSERT_EQUAL(memcmp(at(f, DATA), f->disk + 8 * 512, 1024), 0);
    CU_ASSERT_EQUAL(*at(f, DATA + 1024), VIRTIO_BLK_OK);
    CU_ASSERT_EQUAL(word(f, USED + 4), 5);
    CU_ASSERT_EQUAL(word(f, USED + 8), 1025);
    fake_free(f);
}

static void test_failures(void)
{
    struct fake *f = driver_new();
    static const struct {
        u32 type;
        u64 sector;
        u32 bytes;
    } rows[] = {{0, FAKE_SECTORS, 512},
                {1, FAKE_SECTORS, 512},
                {0, FAKE_SECTORS - 1, 1024},
                {0, 0, 511},
                {1, 0, 513},
                {0, UINT64_MAX, 512},
                {1, UINT64_MAX - 1, 1024},
                {0, (u64)1 << 32, 512}};
    for (u32 i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT_EQUAL(request(f, rows[i].type, rows[i].sector, rows[i].bytes), VIRTIO_BLK_IOERR);
        CU_ASSERT_FALSE(is_broken(f));
    }
    f->disk_fails = true;
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 0, 512), VIRTIO_BLK_IOERR);
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_OUT, 0, 512), VIRTIO_BLK_IOERR);
    CU_ASSERT_EQUAL(half(f, USED + 2), 10);
    fake_free(f);
}

static void test_too_much(void)
{
    struct fake *f =
        driver_new(); // RAM is smaller than that: it must be refused before it is tried
    f->sectors = (u64)1 << 40;
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 0, VIRTIO_REQUEST_MOST + 512), VIRTIO_BLK_IOERR);
    CU_ASSERT_FALSE(is_broken(f));
    fake_free(f);
}

static void test_interrupt(void)
{
    struct fake *f = driver_new();
    request(f, VIRTIO_BLK_IN, 0, 512);
    CU_ASSERT_EQUAL(GET(INTERRUPT), 1);
    CU_ASSERT_EQUAL(f->board.plic.line[0], 1u << 1);
    PUT(ACKNOWLEDGE, 1);
    CU_ASSERT_EQUAL(GET(INTERRUPT), 0);
    CU_ASSERT_EQUAL(f->board.plic.line[0], 0);
    PUT(NOTIFY, 0); // with nothing new
    CU_ASSERT_EQUAL(GET(INTERRUPT), 0);
    put_half(f, AVAILABLE, 1);
    request(f, VIRTIO_BLK_IN, 0, 512);
    CU_ASSERT_EQUAL(half(f, USED + 2), 2);
    CU_ASSERT_EQUAL(GET(INTERRUPT), 0);
    fake_free(f);
}

static void test_batch(void)
{
    struct fake *f = driver_new();
    header(f, VIRTIO_BLK_FLUSH, 0);
    for (u32 i = 0; i < SIZE; i += 2) {
        descriptor(f, i, HEADER, 16, NEXT, i + 1);
        descriptor(f, i + 1, OUTCOME, 1, WRITE, 0);
    }
    for (u32 round = 0; round < 20000; round++) { // the indices wrap around
        for (u32 i = 0; i < SIZE; i += 2)
            offer(f, i);
        PUT(NOTIFY, 0);
        CU_ASSERT_EQUAL_FATAL(half(f, USED + 2), (u16)(4 * (round + 1)));
    }
    CU_ASSERT_EQUAL(word(f, USED + 4 + 8 * 7), 6);
    PUT(NOTIFY, 1); // no such queue
    CU_ASSERT_FALSE(is_broken(f));
    fake_free(f);
}

// ---- hostile guests

static void chain_loop(struct fake *f)
{
    descriptor(f, 0, HEADER, 16, NEXT, 1);
    descriptor(f, 1, DATA, 1, NEXT | WRITE, 1);
}

static void chain_outside_table(struct fake *f)
{
    descriptor(f, 0, HEADER, 16, NEXT, SIZE);
}

static void chain_mixed(struct fake *f)
{
    descriptor(f, 0, HEADER, 16, NEXT, 1);
    descriptor(f, 1, DATA, 512, NEXT | WRITE, 2);
    descriptor(f, 2, DATA, 512, NEXT, 3);
    descriptor(f, 3, OUTCOME, 1, WRITE, 0);
}

static void chain_no_outcome(struct fake *f)
{
    descriptor(f, 0, HEADER, 16, NEXT, 1);
    descriptor(f, 1, DATA, 512, 0, 0);
}

static void chain_short_header(struct fake *f)
{
    descriptor(f, 0, HEADER, 15, NEXT, 1);
    descriptor(f, 1, OUTCOME, 1, WRITE, 0);
}

static void chain_indirect(struct fake *f)
{
    descriptor(f, 0, HEADER, 32, INDIRECT, 0);
}

static void chain_high_address(struct fake *f)
{
    descriptor(f, 0, HEADER, 16, NEXT, 1);
    descriptor(f, 1, OUTCOME, 1, WRITE, 0);
    at(f, QUEUE + 4)[0] = 1;
}

static void chain_header_outside(struct fake *f)
{
    descriptor(f, 0, 0x1000, 16, NEXT, 1);
    descriptor(f, 1, OUTCOME, 1, WRITE, 0);
}

static void chain_data_outside(struct fake *f)
{
    descriptor(f, 0, HEADER, 16, NEXT, 1);
    descriptor(f, 1, BOARD_RAM + FAKE_RAM - 256, 512, NEXT | WRITE, 2);
    descriptor(f, 2, OUTCOME, 1, WRITE, 0);
}

static void chain_outcome_outside(struct fake *f)
{
    descriptor(f, 0, HEADER, 16, NEXT, 1);
    descriptor(f, 1, BOARD_UART, 1, WRITE, 0);
}

static void chain_too_long(struct fake *f)
{
    descriptor(f, 0, HEADER, 16, NEXT, 1);
    descriptor(f, 1, DATA, 0xffffffff, NEXT | WRITE, 2);
    descriptor(f, 2, DATA, 0xffffffff, WRITE, 0);
}

static void test_bad_chains(void)
{
    void (*const chains[])(struct fake * f) = {
        chain_loop,         chain_outside_table,   chain_mixed,        chain_no_outcome,
        chain_short_header, chain_indirect,        chain_high_address, chain_header_outside,
        chain_data_outside, chain_outcome_outside, chain_too_long,
    };
    for (u32 i = 0; i < sizeof chains / sizeof *chains; i++) {
        struct fake *f = driver_new();
        header(f, VIRTIO_BLK_IN, 0);
        chains[i](f);
        submit(f, 0);
        CU_ASSERT(is_broken(f));
        CU_ASSERT_EQUAL(GET(INTERRUPT) & 2, 2);
        CU_ASSERT_EQUAL(half(f, USED + 2), 0);
        request(f, VIRTIO_BLK_IN, 0, 512); // nothing works until it is reset
        CU_ASSERT_EQUAL(half(f, USED + 2), 0);
        PUT(STATUS, 7);
        CU_ASSERT(is_broken(f));
        memset(at(f, QUEUE), 0, 0x2000);
        start(f);
        CU_ASSERT_FALSE(is_broken(f));
        CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 0, 512), VIRTIO_BLK_OK);
        fake_free(f);
    }
}

static void test_bad_rings(void)
{
    struct fake *f = driver_new();
    put_half(f, AVAILABLE + 2, SIZE + 1);
    PUT(NOTIFY, 0);
    CU_ASSERT(is_broken(f));
    static const u32 places[] = {1, BOARD_UART / 4096, 0xfffff, 0xffffffff,
                                 (BOARD_RAM + FAKE_RAM - 4096) / 4096};
    for (u32 i = 0; i < sizeof places / sizeof *places; i++) {
        start(f);
        PUT(QUEUE_ALIGN, 0x80000000);
        PUT(QUEUE_PFN, places[i]);
        if (places[i] == (BOARD_RAM + FAKE_RAM - 4096) / 4096)
            put_half(f, BOARD_RAM + FAKE_RAM - 4096 + 16 * SIZE + 2, 1);
        PUT(NOTIFY, 0);
        CU_ASSERT(is_broken(f));
    }
    fake_free(f);
}

static void test_self_overwrite(void)
{
    struct fake *f = driver_new(); // the data lands on the descriptors and rings
    header(f, VIRTIO_BLK_IN, 0);
    descriptor(f, 0, HEADER, 16, NEXT, 1);
    descriptor(f, 1, QUEUE, 512, NEXT | WRITE, 2);
    descriptor(f, 2, OUTCOME, 1, WRITE, 0);
    CU_ASSERT_EQUAL(submit(f, 0), VIRTIO_BLK_OK);
    CU_ASSERT_EQUAL(half(f, USED + 2), 1);
    CU_ASSERT_EQUAL(memcmp(at(f, QUEUE), f->disk, 512), 0);
    fake_free(f);
}

// Random rings in random memory: whatever happens, it ends and stays inside the arrays (the
// sanitizers look).
static void test_random(void)
{
    struct fake *f = driver_new();
    u64 seed = 11;
    for (u32 i = 0; i < 20000; i++) {
        for (u32 d = 0; d < SIZE; d++) {
            u32 r = fake_random(&seed), where = r & 0xff ? BOARD_RAM + r % FAKE_RAM : r;
            descriptor(f, d, where, r & 0x300 ? fake_random(&seed) % 1600 : fake_random(&seed),
                       (r >> 11 & 3) | (d > 3 ? 2 : 0), (r >> 16) % (SIZE + (r >> 28 ? 0 : 2)));
        }
        header(f, fake_random(&seed) % 10, fake_random(&seed) % (FAKE_SECTORS + 4));
        descriptor(f, 0, HEADER, 16, NEXT, 1 + fake_random(&seed) % 7);
        submit(f, fake_random(&seed) % SIZE);
        CU_ASSERT_EQUAL_FATAL(virtio_interrupt(&f->board.virtio),
                              (f->board.plic.line[0] >> 1 & 1) != 0);
        if (is_broken(f) || i % 64 == 0) {
            memset(at(f, QUEUE), 0, 0x2000);
            start(f);
        }
    }
    for (u32 i = 0; i < 200000; i++) {
        u32 r = fake_random(&seed), value;
        u32 address = AT(r % 0x40 * 4 + (r & 0x40 ? r >> 7 & 0x7fff & ~3u : 0));
        if (!board_has(address))
            continue;
        if (r >> 31)
            board_store(&f->board, &f->wires, address, 4, fake_random(&seed) >> (r >> 24 & 31));
        else
            board_load(&f->board, &f->wires, address, 4, &value);
    }
    fake_free(f);
}

const struct suite suite_virtio = {
    "virtio", (const struct test[]){
                  {"slot 0 is a legacy block device", test_identity},
                  {"the other slots are empty, and so is slot 0 without a disk", test_empty_slots},
                  {"the configuration tells the capacity in any width", test_config},
                  {"storing 0 to Status resets all but the page size", test_reset},
                  {"without a page size the queue is at a byte address", test_byte_address},
                  {"queue registers take no impossible values", test_queue_registers},
                  {"sectors are read within the notify store", test_read},
                  {"sectors are written within the notify store", test_write},
                  {"flush, id and unknown types are answered", test_other_types},
                  {"a request may be cut into descriptors in any way", test_any_layout},
                  {"a request beyond the disk fails and breaks nothing", test_failures},
                  {"a request over 4 MiB fails before it is tried", test_too_much},
                  {"used buffers interrupt unless the guest says no", test_interrupt},
                  {"the rings wrap around", test_batch},
                  {"a bad chain breaks the device until it is reset", test_bad_chains},
                  {"a bad ring breaks the device", test_bad_rings},
                  {"a request that overwrites its own queue is served", test_self_overwrite},
                  {"random rings and registers do no harm", test_random},
                  {0}}};
