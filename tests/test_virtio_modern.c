// The virtio block device by the modern interface, version 2 of virtio-mmio, and in other slots
// than the first. What both interfaces share is tested in tests/test_virtio.c.
#include "tests/fake_board.h"
#include "tests/suite.h"

#include <string.h>

// The driver's memory. The parts of the queue are apart, as they may be in version 2.
#define SIZE 4u
#define DESCRIPTORS 0x80001010u
#define AVAILABLE 0x80002222u
#define USED 0x80003034u
#define HEADER 0x80004000u
#define OUTCOME 0x80004100u
#define DATA 0x80005000u

#define MODERN ((struct board_options){VIRTIO_MODERN, 0})

static u32 get(struct fake *f, u32 offset)
{
    u32 slot = f->board.options.disk_slot;
    return LOAD4(BOARD_VIRTIO + slot * VIRTIO_SLOT_SIZE + offset);
}

static void put(struct fake *f, u32 offset, u32 value)
{
    u32 slot = f->board.options.disk_slot;
    STORE4(BOARD_VIRTIO + slot * VIRTIO_SLOT_SIZE + offset, value);
}

static u8 *at(struct fake *f, u32 address)
{
    return f->ram + (address - BOARD_RAM);
}

static void accept(struct fake *f, u32 low, u32 high)
{
    put(f, VIRTIO_REG_STATUS, 0);
    put(f, VIRTIO_REG_STATUS, VIRTIO_ACKNOWLEDGED | VIRTIO_DRIVER);
    put(f, VIRTIO_REG_GUEST_SELECT, 0);
    put(f, VIRTIO_REG_GUEST_FEATURES, low);
    put(f, VIRTIO_REG_GUEST_SELECT, 1);
    put(f, VIRTIO_REG_GUEST_FEATURES, high);
    put(f, VIRTIO_REG_STATUS, VIRTIO_ACKNOWLEDGED | VIRTIO_DRIVER | VIRTIO_FEATURES_OK);
}

static void place(struct fake *f, u32 descriptors_high)
{
    static const u32 parts[][2] = {{VIRTIO_REG_DESCRIPTORS, DESCRIPTORS},
                                   {VIRTIO_REG_AVAILABLE, AVAILABLE},
                                   {VIRTIO_REG_USED, USED}};
    put(f, VIRTIO_REG_QUEUE_SELECT, 0);
    put(f, VIRTIO_REG_QUEUE_SIZE, SIZE);
    for (u32 i = 0; i < 3; i++) {
        put(f, parts[i][0], parts[i][1]);
        put(f, parts[i][0] + 4, i ? 0 : descriptors_high);
    }
    put(f, VIRTIO_REG_QUEUE_READY, 1);
}

static void finish(struct fake *f)
{
    put(f, VIRTIO_REG_STATUS, get(f, VIRTIO_REG_STATUS) | VIRTIO_DRIVER_OK);
}

static void start(struct fake *f)
{
    accept(f, 0, VIRTIO_FEATURE_VERSION_1);
    place(f, 0);
    finish(f);
}

// One request of a sector. Returns the outcome, 0xee if there is none.
static u8 request(struct fake *f, u32 type, u32 sector)
{
    const u32 head[4] = {type, 0, sector, 0};
    const u32 table[3][4] = {
        {HEADER, 0, 16, VIRTIO_DESC_NEXT | 1 << 16},
        {DATA, 0, BOARD_SECTOR,
         (VIRTIO_DESC_NEXT | (type == VIRTIO_BLK_OUT ? 0 : VIRTIO_DESC_WRITE)) | 2 << 16},
        {OUTCOME, 0, 1, VIRTIO_DESC_WRITE}};
    u16 index;
    memcpy(at(f, HEADER), head, sizeof head);
    memcpy(at(f, DESCRIPTORS), table, sizeof table);
    memcpy(&index, at(f, AVAILABLE + 2), sizeof index);
    memset(at(f, AVAILABLE + 4 + 2 * (index % SIZE)), 0, 2);
    index++;
    memcpy(at(f, AVAILABLE + 2), &index, sizeof index);
    *at(f, OUTCOME) = 0xee;
    put(f, VIRTIO_REG_NOTIFY, 0);
    return *at(f, OUTCOME);
}

static void the_device_says_what_it_is(void)
{
    struct fake *f = fake_new_with(MODERN);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_VERSION), 2);
    CU_ASSERT_EQUAL(LOAD4(BOARD_VIRTIO + 0x1000 + VIRTIO_REG_VERSION), 2);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_DEVICE), VIRTIO_BLOCK_DEVICE);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_VENDOR), 0x554d4551);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_HOST_FEATURES), 1u << 9 | 1u << 6 | 1u << 2);
    put(f, VIRTIO_REG_HOST_SELECT, 1);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_HOST_FEATURES), 1);
    put(f, VIRTIO_REG_HOST_SELECT, 2);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_HOST_FEATURES), 0);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_SHARED_LENGTH + 4), 0xffffffff);
    CU_ASSERT_EQUAL(get(f, 0x0fc), 0); // ConfigGeneration
    fake_free(f);
}

static void features_have_to_be_agreed_on(void)
{
    static const struct {
        u32 low, high;
        bool agreed;
    } rows[] = {{0, 1, true},         {0x244, 1, true}, {0, 0, false},      {0x244, 0, false},
                {1u << 27, 1, false}, {0, 3, false},    {1u << 5, 1, false}};
    struct fake *f = fake_new_with(MODERN);
    for (u32 i = 0; i < sizeof rows / sizeof *rows; i++) {
        accept(f, rows[i].low, rows[i].high);
        u32 status = get(f, VIRTIO_REG_STATUS);
        CU_ASSERT_EQUAL(!!(status & VIRTIO_FEATURES_OK), rows[i].agreed);
        CU_ASSERT_EQUAL(status & 3, 3);
    }
    accept(f, 0, 1);
    put(f, VIRTIO_REG_GUEST_FEATURES, 0); // too late: the device has agreed
    finish(f);
    CU_ASSERT(get(f, VIRTIO_REG_STATUS) & VIRTIO_FEATURES_OK);
    fake_free(f);
}

static void requests_are_served_wherever_the_parts_lie(void)
{
    struct fake *f = fake_new_with(MODERN);
    start(f);
    for (u32 i = 0; i < 3 * SIZE; i++) {
        CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, i), VIRTIO_BLK_OK);
        CU_ASSERT(!memcmp(at(f, DATA), f->disk + i * BOARD_SECTOR, BOARD_SECTOR));
    }
    memset(at(f, DATA), 0x5a, BOARD_SECTOR);
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_OUT, 7), VIRTIO_BLK_OK);
    CU_ASSERT(!memcmp(at(f, DATA), f->disk + 7 * BOARD_SECTOR, BOARD_SECTOR));
    u16 used;
    memcpy(&used, at(f, USED + 2), sizeof used);
    CU_ASSERT_EQUAL(used, 3 * SIZE + 1);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_INTERRUPT), 1);
    fake_free(f);
}

// Each row leaves out one thing that a driver has to do first.
static void nothing_is_served_before_the_driver_is_ready(void)
{
    for (u32 missing = 0; missing < 4; missing++) {
        struct fake *f = fake_new_with(MODERN);
        accept(f, 0, missing != 0);
        if (missing != 1)
            place(f, 0);
        if (missing != 2)
            finish(f);
        CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 0) == VIRTIO_BLK_OK, missing == 3);
        CU_ASSERT_EQUAL(get(f, VIRTIO_REG_STATUS) & VIRTIO_NEEDS_RESET, 0);
        fake_free(f);
    }
}

static void a_ready_queue_stays_where_it_is(void)
{
    struct fake *f = fake_new_with(MODERN);
    start(f);
    put(f, VIRTIO_REG_DESCRIPTORS, 0x80008000);
    put(f, VIRTIO_REG_USED + 4, 1);
    put(f, VIRTIO_REG_QUEUE_SIZE, 64);
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 1), VIRTIO_BLK_OK);
    put(f, VIRTIO_REG_QUEUE_SELECT, 1); // there is one queue alone
    put(f, VIRTIO_REG_QUEUE_READY, 0);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_QUEUE_READY), 0);
    put(f, VIRTIO_REG_QUEUE_SELECT, 0);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_QUEUE_READY), 1);
    put(f, VIRTIO_REG_QUEUE_READY, 0);
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 1), 0xee);
    put(f, VIRTIO_REG_STATUS, 0);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_QUEUE_READY), 0);
    CU_ASSERT_EQUAL(f->board.virtio.part[VIRTIO_USED].low, 0);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_VERSION), 2);
    fake_free(f);
}

static void a_queue_above_physical_memory_breaks_the_device(void)
{
    struct fake *f = fake_new_with(MODERN);
    accept(f, 0, VIRTIO_FEATURE_VERSION_1);
    place(f, 1);
    finish(f);
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 0), 0xee);
    CU_ASSERT(get(f, VIRTIO_REG_STATUS) & VIRTIO_NEEDS_RESET);
    CU_ASSERT_EQUAL(get(f, VIRTIO_REG_INTERRUPT), 2);
    memset(at(f, AVAILABLE), 0, 32);
    start(f);
    CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 0), VIRTIO_BLK_OK);
    fake_free(f);
}

// A store to a register of the other interface does nothing, and a load is 0.
static void each_interface_has_its_own_registers(void)
{
    static const u32 legacy[] = {VIRTIO_REG_PAGE_SIZE, VIRTIO_REG_QUEUE_ALIGN,
                                 VIRTIO_REG_QUEUE_PFN};
    static const u32 modern[] = {VIRTIO_REG_QUEUE_READY, VIRTIO_REG_DESCRIPTORS,
                                 VIRTIO_REG_AVAILABLE + 4, VIRTIO_REG_USED};
    struct fake *f = fake_new_with(MODERN), *old = fake_new();
    struct virtio before = f->board.virtio, old_before = old->board.virtio;
    for (u32 i = 0; i < sizeof legacy / sizeof *legacy; i++) {
        put(f, legacy[i], 0x2000);
        CU_ASSERT_EQUAL(get(f, legacy[i]), 0);
    }
    for (u32 i = 0; i < sizeof modern / sizeof *modern; i++) {
        put(old, modern[i], 1);
        CU_ASSERT_EQUAL(get(old, modern[i]), 0);
    }
    CU_ASSERT(!memcmp(&f->board.virtio, &before, sizeof before));
    CU_ASSERT(!memcmp(&old->board.virtio, &old_before, sizeof old_before));
    fake_free(f);
    fake_free(old);
}

static void the_disk_may_be_in_any_slot(void)
{
    for (u8 slot = 0; slot < VIRTIO_SLOTS; slot++) {
        struct fake *f = fake_new_with((struct board_options){VIRTIO_MODERN, slot});
        for (u32 i = 0; i < VIRTIO_SLOTS; i++)
            CU_ASSERT_EQUAL(LOAD4(BOARD_VIRTIO + i * VIRTIO_SLOT_SIZE + VIRTIO_REG_DEVICE),
                            i == slot ? 2 : 0);
        start(f);
        CU_ASSERT_EQUAL(request(f, VIRTIO_BLK_IN, 3), VIRTIO_BLK_OK);
        CU_ASSERT_EQUAL(LOAD4(BOARD_PLIC + PLIC_PENDING), 1u << (BOARD_IRQ_VIRTIO + slot));
        fake_free(f);
    }
}

// Random registers: whatever happens, it ends and stays inside the arrays (the sanitizers look).
static void random_registers_do_no_harm(void)
{
    struct fake *f = fake_new_with(MODERN);
    u64 seed = 5;
    u32 served = 0;
    for (u32 i = 0; i < 100000; i++) {
        u32 r = fake_random(&seed), value = fake_random(&seed) >> (r >> 24 & 31);
        put(f, r % 0x44 * 4, value);
        get(f, r % 0x44 * 4);
        if (i % 16)
            continue;
        memset(at(f, AVAILABLE), 0, 32);
        start(f);
        served += request(f, VIRTIO_BLK_IN, 0) == VIRTIO_BLK_OK;
    }
    CU_ASSERT_EQUAL(served, 6250);
    fake_free(f);
}

const struct suite suite_virtio_modern = {
    "virtio_modern",
    (const struct test[]){
        {"the device says what it is and what it offers", the_device_says_what_it_is},
        {"features have to be agreed on", features_have_to_be_agreed_on},
        {"requests are served wherever the parts of the queue lie",
         requests_are_served_wherever_the_parts_lie},
        {"nothing is served before the driver is ready",
         nothing_is_served_before_the_driver_is_ready},
        {"a ready queue stays where it is", a_ready_queue_stays_where_it_is},
        {"a queue above physical memory breaks the device",
         a_queue_above_physical_memory_breaks_the_device},
        {"each interface has its own registers", each_interface_has_its_own_registers},
        {"the disk may be in any slot", the_disk_may_be_in_any_slot},
        {"random registers do no harm", random_registers_do_no_harm},
        {0}}};
