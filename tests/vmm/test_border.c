// The border of a VM: the last byte of its RAM, and the first byte behind it, which may be its
// neighbour's. Every way to guest memory is tried on both sides of that line, byte by byte, with
// RAM that ends at a superpage and RAM that ends inside one.
#include "hypervisor/gmem.h"
#include "hypervisor/lend.h"
#include "isa/board/sbi.h"
#include "tests/vmm/fake_hw.h"

#include <string.h>

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)
#define QUEUE 0x80020000u // of a virtio queue with 8 entries
#define HEADER 0x80022000u
#define MOST 12u // bytes of the longest copy

// RAM of guest 1, and by how much it begins behind a multiple of 4 MiB.
static const struct fake_plan plans[] = {
    {.guests = 2, .ram = 2 * MEGAPAGE_SIZE},
    {.guests = 2, .ram = MEGAPAGE_SIZE + 5 * PAGE_SIZE},
    {.guests = 2, .ram = MEGAPAGE_SIZE + 1023 * PAGE_SIZE},
    {.guests = 2, .ram = 2 * MEGAPAGE_SIZE, .shift = PAGE_SIZE},
    {.guests = 2, .ram = 2 * MEGAPAGE_SIZE, .adue = true},
};
#define PLANS (sizeof plans / sizeof *plans)

static gpa end_of(const struct fake *f)
{
    return BOARD_RAM + f->config->guest[0].ram_size;
}

// What lies behind guest 1 in the machine. Guest 2 begins at the next multiple of 4 MiB or here.
static u8 *beyond(const struct fake *f)
{
    return f->ram + (f->config->guest[0].ram_at - BOARD_RAM) + f->config->guest[0].ram_size;
}

// Makes a VMM by a plan, and marks the page behind guest 1, so that a change there is seen.
static struct fake *marked(const struct fake_plan *plan)
{
    struct fake *f = fake_new(plan);
    memset(beyond(f), 0x5a, PAGE_SIZE);
    return f;
}

static void done(struct fake *f)
{
    u8 mark[PAGE_SIZE];
    memset(mark, 0x5a, sizeof mark);
    CHECK(memcmp(beyond(f), mark, sizeof mark), 0);
    fake_free(f);
}

// ---- copies

// Every length, at every distance of its last byte from the end: 0 is the last byte of RAM.
static void try_copies(struct fake *f, struct turn *t)
{
    u8 bytes[MOST], read[MOST];
    memset(bytes, 0x33, sizeof bytes);
    for (u32 length = 1; length <= MOST; length++)
        for (u32 over = 0; over <= length; over++) {
            gpa at = end_of(f) - length + over;
            memset(read, 0xee, sizeof read);
            CHECK(gmem_write(t, at, bytes, length), !over);
            CHECK(gmem_read(t, at, read, length), !over);
            CHECK(read[0], over ? 0xee : 0x33);
            // The same below RAM.
            at = BOARD_RAM - over;
            CHECK(gmem_write(t, at, bytes, length), !over);
            CHECK(gmem_read(t, at, read, length), !over);
        }
}

static void a_copy_reaches_the_last_byte_and_not_the_next(void)
{
    for (u32 i = 0; i < PLANS; i++) {
        struct fake *f = marked(&plans[i]);
        struct turn t = fake_new_turn(f);
        turn_take_vm(&t, fake_vm_at(f, 1));
        try_copies(f, &t);
        for (enum access access = ACCESS_READ; access <= ACCESS_FETCH; access++) {
            struct mapping found;
            CHECK(gmem_reach(&t, end_of(f) - 1, access, &found), REACHED);
            CHECK(gmem_reach(&t, end_of(f), access, &found), REACH_NOTHING);
            CHECK(gmem_reach(&t, BOARD_RAM, access, &found), REACHED);
            CHECK(gmem_reach(&t, BOARD_RAM - 1, access, &found), REACH_NOTHING);
        }
        done(f);
    }
}

// ---- what a guest's own instruction reaches, and its page tables

static enum event_kind fault_at(struct fake *f, u32 cause, gva address)
{
    fake_hart(f)->pc = cause == CAUSE_FETCH_PAGE ? address : FAKE_ENTRY;
    *fake_word(f, 1, FAKE_ENTRY) = fake_insn(INSN_lb, 7, 5, 0, 0);
    fake_hart(f)->x[5] = address;
    return fake_take(f, cause, address);
}

static void an_access_of_the_guest_is_filled_up_to_the_last_byte(void)
{
    static const u32 causes[][2] = {{CAUSE_LOAD_PAGE, CAUSE_LOAD_ACCESS},
                                    {CAUSE_STORE_PAGE, CAUSE_STORE_ACCESS},
                                    {CAUSE_FETCH_PAGE, CAUSE_FETCH_ACCESS}};
    for (u32 i = 0; i < PLANS; i++)
        for (u32 c = 0; c < 3; c++) {
            struct fake *f = marked(&plans[i]);
            u32 level;
            CHECK(fault_at(f, causes[c][0], end_of(f) - 4), EVENT_FILL);
            CHECK(fake_spte_page(f, end_of(f) - 4) + PAGE_SIZE,
                  f->config->guest[0].ram_at + f->config->guest[0].ram_size);
            CHECK(fault_at(f, causes[c][0], end_of(f)), EVENT_REFLECT);
            CHECK(fake_hart(f)->scause, causes[c][1]);
            CHECK(fake_hart(f)->stval, end_of(f));
            CHECK(fake_spte(f, end_of(f), &level), 0);
            done(f);
        }
}

// A root, a table, and the page that an entry names: each may be the last page of RAM, and none may
// be the page behind it.
static void a_guests_page_table_is_read_up_to_the_last_page(void)
{
    for (u32 i = 0; i < PLANS; i++)
        for (u32 over = 0; over < 2; over++) {
            struct fake *f = marked(&plans[i]);
            gpa last = end_of(f) - PAGE_SIZE + over * PAGE_SIZE;
            u32 filled = over ? EVENT_REFLECT : EVENT_FILL;
            fake_paging(f);
            fake_map(f, 0x1000, last, FAKE_ALL);
            CHECK(fault_at(f, CAUSE_LOAD_PAGE, 0x1000), filled);
            *fake_word(f, 1, FAKE_ROOT + 4 * 2) = PTE_MAKE(last, PTE_V); // 8 MiB: a table
            if (!over)
                *fake_word(f, 1, last + 4) = PTE_MAKE(FAKE_ROOT, FAKE_ALL);
            CHECK(fault_at(f, CAUSE_LOAD_PAGE, 0x00801000), filled);
            fake_hart(f)->satp = SATP_MODE | last >> PAGE_SHIFT;
            if (!over) // the root is the last page: it maps its own end, as a superpage
                *fake_word(f, 1, last + 4 * 3) = PTE_MAKE(BOARD_RAM, FAKE_ALL);
            CHECK(fault_at(f, CAUSE_LOAD_PAGE, 0x00c00000), filled);
            if (over)
                CHECK(fake_hart(f)->scause, CAUSE_LOAD_ACCESS);
            done(f);
        }
}

// ---- the firmware, on the guest's behalf

static u32 call(struct fake *f, u32 extension, u32 function, u32 a0, u32 a1, u32 a2)
{
    struct hart_state *s = fake_hart(f);
    s->x[10] = a0;
    s->x[11] = a1;
    s->x[12] = a2;
    s->x[16] = function;
    s->x[17] = extension;
    CHECK(fake_take(f, CAUSE_ECALL_U, 0), EVENT_EMULATE);
    return s->x[10];
}

static void a_console_buffer_ends_at_the_last_byte(void)
{
    for (u32 i = 0; i < PLANS; i++)
        for (u32 length = 1; length <= MOST; length++) {
            struct fake *f = marked(&plans[i]);
            gpa at = end_of(f) - length;
            CHECK(call(f, SBI_DBCN, SBI_DBCN_WRITE, length, at, 0), SBI_OK);
            CHECK(f->console_count[1], length);
            CHECK(call(f, SBI_DBCN, SBI_DBCN_WRITE, length, at + 1, 0), (u32)SBI_INVALID_PARAM);
            CHECK(f->console_count[1], length);
            fake_type(f, 1, "abcdefghijklmnopqrstuvwxyz");
            CHECK(call(f, SBI_DBCN, SBI_DBCN_READ, length, at + 1, 0), (u32)SBI_INVALID_PARAM);
            CHECK(call(f, SBI_DBCN, SBI_DBCN_READ, length, at, 0), SBI_OK);
            CHECK(*((u8 *)fake_word(f, 1, end_of(f) - 4) + 3), 'a' + length - 1);
            done(f);
        }
}

static void a_hart_is_started_at_the_last_word(void)
{
    for (u32 i = 0; i < PLANS; i++) {
        struct fake_plan plan = plans[i];
        plan.vcpus = 2;
        struct fake *f = marked(&plan);
        CHECK(call(f, SBI_HSM, SBI_HSM_START, 1, end_of(f), 0), (u32)SBI_INVALID_ADDRESS);
        CHECK(call(f, SBI_HSM, SBI_HSM_START, 1, end_of(f) - 2, 0), (u32)SBI_INVALID_ADDRESS);
        CHECK(call(f, SBI_HSM, SBI_HSM_START, 1, end_of(f) - 4, 0), SBI_OK);
        done(f);
    }
}

// The record of a lent run and the registers of the inner guest (hypervisor/lend.h).
static void a_lent_run_has_its_records_in_ram(void)
{
    for (u32 i = 0; i < PLANS; i++)
        for (u32 over = 0; over <= sizeof(struct lend); over += 4) {
            struct fake *f = marked(&plans[i]);
            gpa at = end_of(f) - (u32)sizeof(struct lend) + over;
            struct lend l = {.guest = 0x80030000, .satp = 0x80010, .limit = 100};
            fake_vmm(f)->enlightened = true;
            if (!over)
                memcpy(fake_word(f, 1, at), &l, sizeof l);
            u32 result = call(f, LEND_EXTENSION, LEND_RUN, at, 0, 0);
            CHECK(fake_vcpu(f, 1, 0)->lent, over ? 0 : at);
            if (over)
                CHECK(result, (u32)SBI_INVALID_PARAM);
            done(f);
            f = marked(&plans[i]);
            fake_vmm(f)->enlightened = true;
            l.guest = end_of(f) - 4 * 33 + over;
            memcpy(fake_word(f, 1, 0x80040000), &l, sizeof l);
            call(f, LEND_EXTENSION, LEND_RUN, 0x80040000, 0, 0);
            CHECK(fake_vcpu(f, 1, 0)->lent, over ? 0 : 0x80040000);
            done(f);
        }
}

// ---- DMA

static void put(struct fake *f, gva address, u32 value)
{
    struct hart_state *s = fake_hart(f);
    s->pc = FAKE_ENTRY;
    s->x[5] = address;
    s->x[6] = value;
    *fake_word(f, 1, FAKE_ENTRY) = fake_insn(INSN_sw, 0, 5, 6, 0);
    CHECK(fake_take(f, CAUSE_STORE_PAGE, address), EVENT_EMULATE);
}

// One request to read a sector: a header, `bytes` of data at `data`, and the outcome.
static void request(struct fake *f, gpa head, gpa data, u32 bytes, gpa outcome)
{
    static const u32 registers[][2] = {{0x70, 3},    {0x28, 4096},        {0x38, 8},
                                       {0x3c, 4096}, {0x40, QUEUE >> 12}, {0x70, 7}};
    const u32 ring[] = {head, 0, 16, 1 | 1 << 16, data, 0, bytes, 3 | 2 << 16, outcome, 0, 1, 2};
    for (u32 r = 0; r < sizeof registers / sizeof *registers; r++)
        put(f, BOARD_VIRTIO + registers[r][0], registers[r][1]);
    memcpy(fake_word(f, 1, QUEUE), ring, sizeof ring);
    *fake_word(f, 1, QUEUE + 16 * 8) = 1 << 16; // one chain is available, the one at 0
    put(f, BOARD_VIRTIO + 0x50, 0);
}

static bool is_broken(struct fake *f)
{
    return fake_vm(f, 1)->board.virtio.status & VIRTIO_NEEDS_RESET;
}

// Each of the three buffers in turn ends at the last byte of RAM, and then one byte behind it.
static void a_devices_buffer_ends_at_the_last_byte(void)
{
    for (u32 i = 0; i < PLANS; i++)
        for (u32 over = 0; over < 2; over++)
            for (u32 which = 0; which < 3; which++) {
                struct fake *f = marked(&plans[i]);
                static const u32 sizes[] = {16, 512, 1};
                gpa place[] = {HEADER, 0x80030000, 0x80022100};
                place[which] = end_of(f) - sizes[which] + over;
                request(f, place[0], place[1], 512, place[2]);
                CHECK(is_broken(f), over);
                done(f);
            }
}

// The queue itself may be the last two pages of RAM, and not a page further.
static void a_queue_ends_at_the_last_byte(void)
{
    for (u32 i = 0; i < PLANS; i++)
        for (u32 over = 0; over < 2; over++) {
            struct fake *f = marked(&plans[i]);
            gpa queue = end_of(f) - (2 - over) * PAGE_SIZE;
            request(f, HEADER, 0x80030000, 512, 0x80022100);
            put(f, BOARD_VIRTIO + 0x40, queue >> PAGE_SHIFT);
            memcpy(fake_word(f, 1, queue), fake_word(f, 1, QUEUE), 16 * 8);
            *fake_word(f, 1, queue + 16 * 8) = 2 << 16; // the device has seen one already
            put(f, BOARD_VIRTIO + 0x50, 0);
            CHECK(is_broken(f), over);
            done(f);
        }
}

const struct suite suite_border = {
    "border",
    (const struct test[]){
        {"a copy reaches the last byte of RAM and not the next, at any length",
         a_copy_reaches_the_last_byte_and_not_the_next},
        {"an access of the guest is filled up to the last byte of RAM",
         an_access_of_the_guest_is_filled_up_to_the_last_byte},
        {"a guest's page table is read up to the last page of RAM",
         a_guests_page_table_is_read_up_to_the_last_page},
        {"a console buffer ends at the last byte of RAM", a_console_buffer_ends_at_the_last_byte},
        {"a hart is started at the last word of RAM", a_hart_is_started_at_the_last_word},
        {"a lent run has its records in RAM", a_lent_run_has_its_records_in_ram},
        {"a device's buffer ends at the last byte of RAM", a_devices_buffer_ends_at_the_last_byte},
        {"a device's queue ends at the last byte of RAM", a_queue_ends_at_the_last_byte},
        {0},
    },
};
