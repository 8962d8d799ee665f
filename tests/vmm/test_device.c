// Devices of a VM: their pages are in no shadow, so each access faults, is decoded, and done to the
// VM's own board.
#include "tests/vmm/fake_hw.h"

#include <string.h>

#define CHECK(a, b) CU_ASSERT_EQUAL(a, b)

// Guest 1 executes this instruction with x5 = address, x6 = value, and faults there.
static enum event_kind execute(struct fake *f, enum insn insn, gva address, u32 value)
{
    struct hart_state *s = fake_hart(f);
    bool store = insn == INSN_sb || insn == INSN_sh || insn == INSN_sw;
    bool atomic = insn >= INSN_lr_w && insn <= INSN_amomaxu_w;
    bool write = store || (atomic && insn != INSN_lr_w);
    bool two = store || (atomic && insn != INSN_lr_w);
    s->pc = FAKE_ENTRY;
    s->x[5] = address;
    s->x[6] = value;
    *fake_word(f, 1, FAKE_ENTRY) = fake_insn(insn, store ? 0 : 7, 5, two ? 6 : 0, 0);
    return fake_take(f, write ? CAUSE_STORE_PAGE : CAUSE_LOAD_PAGE, address);
}

static void a_load_of_each_size_extends_as_it_should(void)
{
    static const struct {
        enum insn insn;
        u32 address, expected;
    } loads[] = {
        {INSN_lb, BOARD_UART + 7, 0xffffff9c},       {INSN_lbu, BOARD_UART + 7, 0x9c},
        {INSN_lh, BOARD_VIRTIO + 0x100, 0xffff89ab}, {INSN_lhu, BOARD_VIRTIO + 0x100, 0x89ab},
        {INSN_lw, BOARD_VIRTIO + 0x100, 0x345689ab}, {INSN_lb, BOARD_VIRTIO + 0x100, 0xffffffab},
        {INSN_lw, BOARD_VIRTIO, VIRTIO_MAGIC},       {INSN_lw, BOARD_VIRTIO + 0x104, 0x12},
    };
    for (u32 i = 0; i < sizeof loads / sizeof *loads; i++) {
        struct fake *f = fake_new(NULL);
        execute(f, INSN_sb, BOARD_UART + 7, 0x9c); // the UART's scratch register keeps a byte
        CHECK(execute(f, loads[i].insn, loads[i].address, 0), EVENT_EMULATE);
        CHECK(fake_hart(f)->x[7], loads[i].expected);
        CHECK(fake_hart(f)->pc, FAKE_ENTRY + 4);
        CHECK(fake_hart(f)->retired, 2);
        fake_free(f);
    }
}

static void a_load_finds_the_right_bytes(void)
{
    struct fake *f = fake_new(NULL);
    execute(f, INSN_sw, BOARD_PLIC + 4, 7); // the virtio disk's priority
    CHECK(execute(f, INSN_lw, BOARD_PLIC + 4, 0), EVENT_EMULATE);
    CHECK(fake_hart(f)->x[7], 7);
    CHECK(execute(f, INSN_lh, BOARD_VIRTIO + 0x102, 0), EVENT_EMULATE);
    CHECK(fake_hart(f)->x[7], 0x3456);
    CHECK(execute(f, INSN_lhu, BOARD_TEST, 0), EVENT_EMULATE);
    CHECK(fake_hart(f)->x[7], 0);
    fake_free(f);
}

static void a_store_writes_only_its_own_bytes_of_the_register(void)
{
    struct fake *f = fake_new(NULL);
    CHECK(execute(f, INSN_sb, BOARD_UART + 7, 0x12345678), EVENT_EMULATE);
    CHECK(fake_vm(f, 1)->board.uart.scr, 0x78);
    CHECK(execute(f, INSN_sh, BOARD_TEST, 0xffff5555), EVENT_EMULATE); // a halfword says "off" too
    CHECK(fake_vm(f, 1)->life, LIFE_OFF);
    CHECK(fake_hart(f)->pc, FAKE_ENTRY); // power-off by a store stays at it, as by an ecall
    fake_free(f);
}

static void a_load_to_x0_leaves_it_zero(void)
{
    struct fake *f = fake_new(NULL);
    *fake_word(f, 1, FAKE_ENTRY) = fake_insn(INSN_lw, 0, 5, 0, 0);
    CHECK(fake_take(f, CAUSE_LOAD_PAGE, BOARD_VIRTIO), EVENT_EMULATE);
    CHECK(fake_hart(f)->x[0], 0);
    fake_free(f);
}

static void what_a_guest_prints_and_reads_is_its_vms(void)
{
    struct fake *f = fake_new(NULL);
    execute(f, INSN_sb, BOARD_UART, 'h');
    execute(f, INSN_sb, BOARD_UART, 'i');
    CU_ASSERT_STRING_EQUAL(f->console[1], "hi");
    CHECK(f->notes[f->note_count - 1].addr, BOARD_UART);
    CHECK(f->notes[f->note_count - 1].size, 1);
    CHECK(f->notes[f->note_count - 1].write, 1);
    fake_type(f, 1, "x");
    execute(f, INSN_sb, BOARD_UART + UART_IER, UART_IER_RECEIVED);
    execute(f, INSN_lbu, BOARD_UART + 5, 0);
    CHECK(fake_hart(f)->x[7] & 1, 1);
    execute(f, INSN_lbu, BOARD_UART, 0);
    CHECK(fake_hart(f)->x[7], 'x');
    fake_free(f);
}

static void expect_access_fault(struct fake *f, u32 cause, gva address)
{
    CHECK(fake_hart(f)->scause, cause);
    CHECK(fake_hart(f)->stval, address);
    CHECK(fake_hart(f)->sepc, FAKE_ENTRY);
    CHECK(fake_hart(f)->pc, FAKE_STVEC);
}

static void an_atomic_on_a_device_is_an_access_fault(void)
{
    static const gva devices[] = {BOARD_UART, BOARD_VIRTIO}; // the second takes loads of a word
    for (u32 insn = INSN_lr_w; insn <= INSN_amomaxu_w; insn++)
        for (u32 i = 0; i < 2; i++) {
            struct fake *f = fake_new(NULL);
            CHECK(execute(f, insn, devices[i], 1), EVENT_REFLECT);
            expect_access_fault(f, insn == INSN_lr_w ? CAUSE_LOAD_ACCESS : CAUSE_STORE_ACCESS,
                                devices[i]);
            CHECK(fake_hart(f)->x[7], 0);
            CHECK(f->console_count[1], 0);
            fake_free(f);
        }
}

static void a_size_that_the_register_does_not_take_is_an_access_fault(void)
{
    struct fake *f = fake_new(NULL);
    CHECK(execute(f, INSN_lw, BOARD_UART, 0), EVENT_REFLECT);
    expect_access_fault(f, CAUSE_LOAD_ACCESS, BOARD_UART);
    CHECK(execute(f, INSN_sb, BOARD_VIRTIO + 0x70, 1), EVENT_REFLECT);
    expect_access_fault(f, CAUSE_STORE_ACCESS, BOARD_VIRTIO + 0x70);
    fake_free(f);
}

// A misaligned access begins in one page and faults in the next one, which is a device's (the
// hardware carries such accesses out, hypervisor/config.h). The device must not be given the
// aligned address of the fault: the access is one of two pages, and no device takes that.
static void a_misaligned_access_that_faults_in_a_device_is_an_access_fault(void)
{
    static const struct {
        enum insn insn;
        gva device;
        u32 before, cause;
    } rows[] = {
        {INSN_lw, BOARD_VIRTIO, 1, CAUSE_LOAD_ACCESS},
        {INSN_lw, BOARD_VIRTIO, 3, CAUSE_LOAD_ACCESS},
        {INSN_sw, BOARD_PLIC, 2, CAUSE_STORE_ACCESS},
        {INSN_lhu, BOARD_VIRTIO + 0x1000, 1, CAUSE_LOAD_ACCESS},
        {INSN_sh, BOARD_TEST, 1, CAUSE_STORE_ACCESS},
    };
    for (u32 i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fake *f = fake_new(NULL);
        bool store = rows[i].cause == CAUSE_STORE_ACCESS;
        struct hart_state *s = fake_hart(f);
        s->pc = FAKE_ENTRY;
        s->x[5] = rows[i].device - rows[i].before;
        s->x[6] = 0x5555;
        s->x[7] = 99;
        *fake_word(f, 1, FAKE_ENTRY) = fake_insn(rows[i].insn, store ? 0 : 7, 5, store ? 6 : 0, 0);
        u32 fault = store ? CAUSE_STORE_PAGE : CAUSE_LOAD_PAGE;
        CHECK(fake_take(f, fault, rows[i].device), EVENT_REFLECT);
        expect_access_fault(f, rows[i].cause, rows[i].device);
        CHECK(s->x[7], 99);
        CHECK(fake_vm(f, 1)->life, LIFE_ON);
        fake_free(f);
    }
}

static void where_there_is_nothing_is_an_access_fault(void)
{
    static const gpa holes[] = {
        0, 0x20000000, 0x10000100, 0x7ffffffc, BOARD_RAM + 2 * MEGAPAGE_SIZE, 0xfffffffc};
    for (u32 i = 0; i < sizeof holes / sizeof *holes; i++) {
        struct fake *f = fake_new(NULL);
        CHECK(execute(f, INSN_lw, holes[i], 0), EVENT_REFLECT);
        expect_access_fault(f, CAUSE_LOAD_ACCESS, holes[i]);
        CHECK(execute(f, INSN_sb, holes[i], 0), EVENT_REFLECT);
        expect_access_fault(f, CAUSE_STORE_ACCESS, holes[i]);
        CHECK(execute(f, INSN_amoadd_w, holes[i], 0), EVENT_REFLECT);
        expect_access_fault(f, CAUSE_STORE_ACCESS, holes[i]);
        fake_hart(f)->pc = holes[i];
        CHECK(fake_take(f, CAUSE_FETCH_PAGE, holes[i]), EVENT_REFLECT);
        CHECK(fake_hart(f)->scause, CAUSE_FETCH_ACCESS);
        fake_free(f);
    }
}

static void no_code_is_fetched_from_a_device(void)
{
    struct fake *f = fake_new(NULL);
    fake_hart(f)->pc = BOARD_UART;
    CHECK(fake_take(f, CAUSE_FETCH_PAGE, BOARD_UART), EVENT_REFLECT);
    CHECK(fake_hart(f)->scause, CAUSE_FETCH_ACCESS);
    CHECK(fake_hart(f)->stval, BOARD_UART);
    fake_free(f);
}

static void a_device_is_where_the_guests_table_puts_it(void)
{
    struct fake *f = fake_new(NULL);
    fake_paging(f);
    fake_map(f, 0x1000, BOARD_UART, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D);
    CHECK(execute(f, INSN_sb, 0x1000, '!'), EVENT_EMULATE);
    CU_ASSERT_STRING_EQUAL(f->console[1], "!");
    CHECK(execute(f, INSN_sb, BOARD_UART, '?'),
          EVENT_REFLECT); // where it is physically, nothing is mapped
    CHECK(fake_hart(f)->scause, CAUSE_STORE_PAGE);
    fake_map(f, 0x2000, BOARD_UART, PTE_V | PTE_R | PTE_A);
    CHECK(execute(f, INSN_sb, 0x2000, '?'), EVENT_REFLECT); // read-only
    CHECK(fake_hart(f)->scause, CAUSE_STORE_PAGE);
    CU_ASSERT_STRING_EQUAL(f->console[1], "!");
    u32 level;
    CHECK(fake_spte(f, 0x1000, &level), 0); // and never in a shadow
    fake_free(f);
}

static void dma_goes_to_the_vms_own_memory_or_nowhere(void)
{
    static const u32 registers[][2] = {
        {0x70, 3}, {0x28, 4096}, {0x38, 8}, {0x3c, 4096}, {0x40, 0x80020000 >> 12}, {0x70, 7}};
    static const u32 good = 0x80030000;
    const u32 targets[] = {good, 0x80000000 + 2 * MEGAPAGE_SIZE, 0x7ffffe00, 0xffffff00};
    for (u32 i = 0; i < sizeof targets / sizeof *targets; i++) {
        struct fake *f = fake_new(&(struct fake_plan){.guests = 2});
        for (u32 r = 0; r < sizeof registers / sizeof *registers; r++)
            execute(f, INSN_sw, BOARD_VIRTIO + registers[r][0], registers[r][1]);
        const u32 ring[] = {0x80022000, 0,           16,         1 | 1 << 16, targets[i], 0,
                            512,        3 | 2 << 16, 0x80022010, 0,           1,          2};
        for (u32 w = 0; w < 12; w++)
            *fake_word(f, 1, 0x80020000 + w * 4) = ring[w];
        *fake_word(f, 1, 0x80022008) = 0x77;    // the sector
        *fake_word(f, 1, 0x80020080) = 1 << 16; // available: one, the chain at 0
        u8 before[PAGE_SIZE];
        memcpy(before, fake_word(f, 2, BOARD_RAM), sizeof before);
        CHECK(execute(f, INSN_sw, BOARD_VIRTIO + 0x50, 0), EVENT_EMULATE);
        CHECK(memcmp(before, fake_word(f, 2, BOARD_RAM), sizeof before), 0);
        if (targets[i] == good) {
            CHECK(*fake_word(f, 1, good), 0x77777777);
            CHECK(fake_vm(f, 1)->board.virtio.used, 1);
            CU_ASSERT(f->unreserves > 0); // DMA ends a reservation
        } else {
            CU_ASSERT(fake_vm(f, 1)->board.virtio.status & VIRTIO_NEEDS_RESET);
        }
        fake_free(f);
    }
}

static void bytes_that_the_firmware_reads_into_memory_end_a_reservation(void)
{
    struct fake *f = fake_new(NULL);
    struct hart_state *s = fake_hart(f);
    fake_type(f, 1, "abc");
    s->x[10] = 2; // DBCN read: so many bytes, to there
    s->x[11] = 0x80030000;
    s->x[12] = 0;
    s->x[16] = 1;
    s->x[17] = 0x4442434e;
    CHECK(fake_take(f, CAUSE_ECALL_U, 0), EVENT_EMULATE);
    CHECK(s->x[11], 2);
    CHECK(*fake_word(f, 1, 0x80030000), 'a' | 'b' << 8);
    CU_ASSERT(f->unreserves > 0);
    fake_free(f);
}

const struct suite suite_device = {
    "vmm device",
    (const struct test[]){
        {"a load of each size and sign extends what the device gives",
         a_load_of_each_size_extends_as_it_should},
        {"a load finds the right bytes of a register", a_load_finds_the_right_bytes},
        {"a store gives the device its own bytes alone, and one that powers off stays at itself",
         a_store_writes_only_its_own_bytes_of_the_register},
        {"a load to x0 leaves it zero", a_load_to_x0_leaves_it_zero},
        {"what a guest prints and reads is its VM's", what_a_guest_prints_and_reads_is_its_vms},
        {"lr.w, sc.w and every AMO on a device are access faults",
         an_atomic_on_a_device_is_an_access_fault},
        {"a size that the register does not take is an access fault",
         a_size_that_the_register_does_not_take_is_an_access_fault},
        {"a misaligned access that faults in a device is an access fault",
         a_misaligned_access_that_faults_in_a_device_is_an_access_fault},
        {"where there is neither RAM nor device, an access fault of its kind is reflected",
         where_there_is_nothing_is_an_access_fault},
        {"no code is fetched from a device", no_code_is_fetched_from_a_device},
        {"a device is where the guest's own table puts it, with the rights it gives",
         a_device_is_where_the_guests_table_puts_it},
        {"DMA goes to the VM's own memory or breaks the device",
         dma_goes_to_the_vms_own_memory_or_nowhere},
        {"bytes that the firmware reads into memory end a reservation",
         bytes_that_the_firmware_reads_into_memory_end_a_reservation},
        {0}}};
