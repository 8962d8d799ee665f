// The firmware against the SBI specification 2.0, with a fake board and three harts.
#include "isa/board/firmware.h"
#include "isa/arch/sv32.h"
#include "tests/fake_board.h"

#include <stdlib.h>
#include <string.h>

#define HARTS 3u
#define OK 0
#define NOT_SUPPORTED -2
#define INVALID_PARAM -3
#define INVALID_ADDRESS -5
#define ALREADY_AVAILABLE -6

enum { A0 = 10, A1, A2, A3, A4, A5, A6, A7 };

struct fenced {
    u32 harts; // a bit each
    enum fence_kind kind;
    u32 start, size, asid;
};

struct box {
    struct fake *f;
    struct hart_state state[HARTS];
    struct hart_state *harts[HARTS];
    struct firmware firmware;
    struct fenced fenced;
    bool off;
};

static void fence(void *context, u32 hart, enum fence_kind kind, u32 start, u32 size, u32 asid)
{
    struct fenced *to = context;
    *to = (struct fenced){to->harts | 1u << hart, kind, start, size, asid};
}

static struct box *box_new(void)
{
    struct box *b = calloc(1, sizeof *b);
    CU_ASSERT_PTR_NOT_NULL_FATAL(b);
    b->f = fake_new();
    for (u32 i = 0; i < HARTS; i++) {
        hart_reset(&b->state[i], BOARD_RAM, i, 0);
        b->harts[i] = &b->state[i];
    }
    b->state[2].run = HART_STOPPED;
    b->firmware = (struct firmware){.harts = b->harts,
                                    .count = HARTS,
                                    .board = &b->f->board,
                                    .wires = &b->f->wires,
                                    .fence = fence,
                                    .context = &b->fenced};
    return b;
}

static void box_free(struct box *b)
{
    fake_free(b->f);
    free(b);
}

// Calls from hart 0 with up to five arguments; the answer's error. Nothing but a0 and a1 may
// change.
static i32 call(struct box *b, u32 extension, u32 function, const u32 args[5])
{
    struct hart_state *h = &b->state[0];
    for (u32 i = 0; i < 32; i++)
        h->x[i] = i ? 0x1000 + i : 0;
    for (u32 i = 0; i < 5; i++)
        h->x[A0 + i] = args[i];
    h->x[A6] = function;
    h->x[A7] = extension;
    struct hart_state before = *h;
    b->fenced = (struct fenced){0};
    b->off = firmware_call(&b->firmware, 0);
    for (u32 i = 0; i < 32; i++)
        CU_ASSERT(i == A0 || i == A1 || h->x[i] == before.x[i]);
    CU_ASSERT_EQUAL(h->pc, before.pc);
    CU_ASSERT_EQUAL(h->retired, before.retired);
    return (i32)h->x[A0];
}

#define CALL(extension, function, ...) call(b, extension, function, (const u32[5]){__VA_ARGS__})
#define VALUE (b->state[0].x[A1])

static void test_base(void)
{
    struct box *b = box_new();
    CU_ASSERT_EQUAL(CALL(0x10, 0, 0), OK);
    CU_ASSERT_EQUAL(VALUE, 0x02000000);
    CU_ASSERT_EQUAL(CALL(0x10, 1, 0), OK);
    CU_ASSERT_EQUAL(VALUE, SBI_IMPLEMENTATION);
    for (u32 function = 4; function <= 6; function++) {
        CU_ASSERT_EQUAL(CALL(0x10, function, 0), OK);
        CU_ASSERT_EQUAL(VALUE, 0);
    }
    CU_ASSERT_EQUAL(CALL(0x10, 7, 0), NOT_SUPPORTED);
    CU_ASSERT_EQUAL(VALUE, 0);
    box_free(b);
}

static void test_probe(void)
{
    static const u32 there[] = {0x10,       0x54494d45, 0x735049, 0x52464e43, 0x48534d, 0x53525354,
                                0x4442434e, 0,          1,        2,          3,        4,
                                5,          6,          7,        8};
    static const u32 not_there[] = {9,          0xf,      0x504d55,   0x53555350, 0x43505043,
                                    0x4e41434c, 0x535441, 0x0a000000, 0xffffffff};
    struct box *b = box_new();
    for (u32 i = 0; i < sizeof there / sizeof *there; i++) {
        CU_ASSERT_EQUAL(CALL(0x10, 3, there[i]), OK);
        CU_ASSERT_EQUAL(VALUE, 1);
    }
    for (u32 i = 0; i < sizeof not_there / sizeof *not_there; i++) {
        CU_ASSERT_EQUAL(CALL(0x10, 3, not_there[i]), OK);
        CU_ASSERT_EQUAL(VALUE, 0);
        CU_ASSERT_EQUAL(CALL(not_there[i], 0, 1, 2), NOT_SUPPORTED);
        CU_ASSERT_EQUAL(VALUE, 0);
    }
    for (u32 i = 1; i < 7; i++)
        CU_ASSERT_EQUAL(CALL(there[i], 100, 1, 2), NOT_SUPPORTED);
    box_free(b);
}

static void test_timer(void)
{
    struct box *b = box_new();
    CU_ASSERT_EQUAL(CALL(0x54494d45, 0, 0x89abcdef, 0x01234567), OK);
    CU_ASSERT_EQUAL(b->state[0].stimecmp, 0x0123456789abcdef);
    CU_ASSERT_EQUAL(CALL(0, 55, 0xffffffff, 0xffffffff), 0);
    CU_ASSERT_EQUAL(b->state[0].stimecmp, UINT64_MAX);
    CU_ASSERT_EQUAL(VALUE, 0xffffffff); // a legacy call leaves a1 alone
    box_free(b);
}

static void test_ipi(void)
{
    static const struct {
        u32 mask, base;
        i32 error;
        u32 got; // of harts 0 and 1; 2 is stopped
    } rows[] = {{1, 0, OK, 1},
                {2, 0, OK, 2},
                {1, 1, OK, 2},
                {0, 0, OK, 0},
                {7, 0, OK, 3},
                {0, 0xffffffff, OK, 3},
                {8, 0, INVALID_PARAM, 0},
                {3, 2, INVALID_PARAM, 0},
                {1, 3, INVALID_PARAM, 0},
                {0x80000001, 0, INVALID_PARAM, 0},
                {1, 0xfffffffe, INVALID_PARAM, 0}};
    for (u32 i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct box *b = box_new();
        CU_ASSERT_EQUAL(CALL(0x735049, 0, rows[i].mask, rows[i].base), rows[i].error);
        for (u32 h = 0; h < HARTS; h++)
            CU_ASSERT_EQUAL(b->state[h].sip, rows[i].got >> h & 1 ? IP_SSIP : 0);
        box_free(b);
    }
}

static void test_rfence(void)
{
    struct box *b = box_new();
    CU_ASSERT_EQUAL(CALL(0x52464e43, 0, 2, 0), OK);
    CU_ASSERT(b->fenced.harts == 2 && b->fenced.kind == FENCE_I);
    CU_ASSERT_EQUAL(CALL(0x52464e43, 1, 3, 0, 0x1000, 0x2000), OK);
    CU_ASSERT(b->fenced.harts == 3 && b->fenced.kind == FENCE_VMA && b->fenced.start == 0x1000 &&
              b->fenced.size == 0x2000);
    CU_ASSERT_EQUAL(CALL(0x52464e43, 2, 0, 0xffffffff, 0xfffff000, 0x1000, 9), OK);
    CU_ASSERT(b->fenced.harts == 7 && b->fenced.kind == FENCE_VMA_ASID && b->fenced.asid == 9);
    CU_ASSERT(b->fenced.start == 0xfffff000 && b->fenced.size == 0x1000);
    CU_ASSERT_EQUAL(CALL(0x52464e43, 1, 1, 0, 0x5000, 0xffffffff),
                    OK); // everything, however it is said
    CU_ASSERT(b->fenced.harts == 1 && b->fenced.start == 0 && b->fenced.size == 0);
    CU_ASSERT_EQUAL(CALL(0x52464e43, 1, 1, 0, 0xfffff000, 0x1001), OK);
    CU_ASSERT(b->fenced.harts == 1 && b->fenced.start == 0 && b->fenced.size == 0);
    CU_ASSERT_EQUAL(CALL(0x52464e43, 1, 1, 0, 0x5000, 0), OK); // nothing
    CU_ASSERT_EQUAL(b->fenced.harts, 0);
    CU_ASSERT_EQUAL(CALL(0x52464e43, 1, 8, 0, 0, 0), INVALID_PARAM);
    CU_ASSERT_EQUAL(b->fenced.harts, 0);
    for (u32 function = 3; function < 8; function++)
        CU_ASSERT_EQUAL(CALL(0x52464e43, function, 1, 0), NOT_SUPPORTED);
    box_free(b);
}

static void test_hart_start(void)
{
    struct box *b = box_new();
    CU_ASSERT_EQUAL(CALL(0x48534d, 0, 3, BOARD_RAM, 0), INVALID_PARAM);
    CU_ASSERT_EQUAL(CALL(0x48534d, 0, 1, BOARD_RAM, 0), ALREADY_AVAILABLE);
    CU_ASSERT_EQUAL(CALL(0x48534d, 0, 2, BOARD_RAM + 2, 0), INVALID_ADDRESS);
    CU_ASSERT_EQUAL(CALL(0x48534d, 0, 2, BOARD_RAM + FAKE_RAM, 0), INVALID_ADDRESS);
    CU_ASSERT_EQUAL(CALL(0x48534d, 0, 2, BOARD_UART, 0), INVALID_ADDRESS);
    CU_ASSERT_EQUAL(b->state[2].run, HART_STOPPED);
    b->state[0].retired = 500;
    b->state[0].idle = 70;
    b->state[2].retired = 20;
    b->state[2].satp = 0x80000123;
    b->state[2].sstatus = SSTATUS_SIE;
    CU_ASSERT_EQUAL(CALL(0x48534d, 0, 2, BOARD_RAM + 64, 0xcafe), OK);
    struct hart_state *h = &b->state[2];
    CU_ASSERT(h->run == HART_RUNNING && h->mode == MODE_K && h->pc == BOARD_RAM + 64 &&
              h->x[A0] == 2 && h->x[A1] == 0xcafe);
    CU_ASSERT(h->satp == 0 && h->sstatus == 0);
    CU_ASSERT_EQUAL(h->retired, 20);
    CU_ASSERT_EQUAL(hart_time(h), 570);
    box_free(b);
}

static void test_hart_status(void)
{
    struct box *b = box_new();
    CU_ASSERT_EQUAL(CALL(0x48534d, 2, 1), OK);
    CU_ASSERT_EQUAL(VALUE, 0);
    b->state[1].run = HART_PARKED; // `wfi` is the hart's own affair
    CU_ASSERT_EQUAL(CALL(0x48534d, 2, 1), OK);
    CU_ASSERT_EQUAL(VALUE, 0);
    CU_ASSERT_EQUAL(CALL(0x48534d, 2, 2), OK);
    CU_ASSERT_EQUAL(VALUE, 1);
    CU_ASSERT_EQUAL(CALL(0x48534d, 2, 3), INVALID_PARAM);
    CU_ASSERT_EQUAL(CALL(0x48534d, 3, 0), NOT_SUPPORTED);
    CU_ASSERT_EQUAL(CALL(0x48534d, 3, 0x80000000), NOT_SUPPORTED);
    CU_ASSERT_EQUAL(CALL(0x48534d, 3, 1), INVALID_PARAM);
    CALL(0x48534d, 1, 0);
    CU_ASSERT_EQUAL(b->state[0].run, HART_STOPPED);
    CU_ASSERT_FALSE(b->off);
    box_free(b);
}

static void test_reset(void)
{
    static const struct {
        u32 type, reason;
        enum power why;
        u32 code;
    } rows[] = {{0, 0, POWER_OFF, 0},
                {0, 1, POWER_FAILED, 1},
                {1, 0, POWER_REBOOT, 0},
                {2, 1, POWER_REBOOT, 1}};
    for (u32 i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct box *b = box_new();
        // nobody is left to answer
        CU_ASSERT_EQUAL(CALL(0x53525354, 0, rows[i].type, rows[i].reason), (i32)rows[i].type);
        CU_ASSERT(b->off && b->f->power_calls == 1);
        CU_ASSERT_EQUAL(b->f->power, rows[i].why);
        CU_ASSERT_EQUAL(b->f->code, rows[i].code);
        box_free(b);
    }
    struct box *b = box_new();
    CU_ASSERT_EQUAL(CALL(0x53525354, 0, 3, 0), INVALID_PARAM);
    CU_ASSERT_EQUAL(CALL(0x53525354, 0, 0xf0000000, 0), INVALID_PARAM);
    CU_ASSERT_EQUAL(CALL(0x53525354, 0, 0, 2), INVALID_PARAM);
    CU_ASSERT(!b->off && b->f->power_calls == 0);
    CALL(8, 0, 0);
    CU_ASSERT(b->off && b->f->power == POWER_OFF);
    box_free(b);
}

static void test_console_write(void)
{
    struct box *b = box_new();
    memcpy(b->f->ram + 100, "hello", 5);
    CU_ASSERT_EQUAL(CALL(0x4442434e, 0, 5, BOARD_RAM + 100, 0), OK);
    CU_ASSERT_EQUAL(VALUE, 5);
    CU_ASSERT_EQUAL(CALL(0x4442434e, 2, '!'), OK);
    CU_ASSERT_EQUAL(VALUE, 0);
    CU_ASSERT_STRING_EQUAL(b->f->out, "hello!");
    CU_ASSERT_EQUAL(CALL(0x4442434e, 0, 0, 0, 0), OK);
    static const u32 bad[][3] = {{1, BOARD_RAM - 1, 0},
                                 {1, BOARD_RAM + FAKE_RAM, 0},
                                 {2, BOARD_RAM + FAKE_RAM - 1, 0},
                                 {1, BOARD_RAM, 1},
                                 {0xffffffff, BOARD_RAM, 0},
                                 {0x80000001, BOARD_RAM, 0},
                                 {0xffffffff, BOARD_RAM + 9, 0},
                                 {1, BOARD_UART, 0}};
    for (u32 i = 0; i < sizeof bad / sizeof *bad; i++) {
        CU_ASSERT_EQUAL(CALL(0x4442434e, 0, bad[i][0], bad[i][1], bad[i][2]), INVALID_PARAM);
        CU_ASSERT_EQUAL(CALL(0x4442434e, 1, bad[i][0], bad[i][1], bad[i][2]), INVALID_PARAM);
        CU_ASSERT_EQUAL(VALUE, 0);
    }
    CU_ASSERT_EQUAL(b->f->out_count, 6);
    CU_ASSERT_EQUAL(CALL(0x4442434e, 0, FAKE_RAM, BOARD_RAM, 0), OK);
    CU_ASSERT_EQUAL(VALUE, SBI_CONSOLE_MOST); // less than asked for
    CU_ASSERT_EQUAL(b->f->out_count, 6 + SBI_CONSOLE_MOST);
    box_free(b);
}

static void test_console_read(void)
{
    struct box *b = box_new();
    CU_ASSERT_EQUAL(CALL(0x4442434e, 1, 8, BOARD_RAM, 0), OK);
    CU_ASSERT_EQUAL(VALUE, 0);
    fake_store(b->f, BOARD_UART + UART_IER, 1, UART_IER_RECEIVED);
    fake_type(b->f, "abcdef"); // "a" is now in the UART's register
    CU_ASSERT_EQUAL(CALL(2, 0, 0), 'a');
    CU_ASSERT_EQUAL(CALL(0x4442434e, 1, 3, BOARD_RAM + 8, 0), OK);
    CU_ASSERT_EQUAL(VALUE, 3);
    CU_ASSERT_EQUAL(memcmp(b->f->ram, "\0\0\0\0\0\0\0\0bcd\0", 12), 0);
    CU_ASSERT_EQUAL(fake_load(b->f, BOARD_UART, 1), 'e');
    CU_ASSERT_EQUAL(CALL(0x4442434e, 1, 100, BOARD_RAM, 0), OK);
    CU_ASSERT_EQUAL(VALUE, 1);
    CU_ASSERT_EQUAL(CALL(2, 0, 0), -1);
    box_free(b);
}

static void test_legacy_console(void)
{
    struct box *b = box_new();
    CU_ASSERT_EQUAL(CALL(1, 0, 'x' | 0x100, 0x77), 0);
    CU_ASSERT_EQUAL(VALUE, 0x77);
    CU_ASSERT_STRING_EQUAL(b->f->out, "x");
    box_free(b);
}

static void test_legacy_ipi(void)
{
    struct box *b = box_new();
    b->f->ram[0x200] = 2;
    CU_ASSERT_EQUAL(CALL(4, 0, BOARD_RAM + 0x200), 0);
    CU_ASSERT(b->state[0].sip == 0 && b->state[1].sip == IP_SSIP);
    CU_ASSERT_EQUAL(CALL(4, 0, 0), 0); // no mask: all
    CU_ASSERT_EQUAL(b->state[0].sip, IP_SSIP);
    CU_ASSERT_EQUAL(CALL(3, 0, 0), 0);
    CU_ASSERT(b->state[0].sip == 0 && b->state[1].sip == IP_SSIP);
    CU_ASSERT_EQUAL(CALL(4, 0, 0x1000), INVALID_ADDRESS);
    box_free(b);
}

// The mask's address is virtual: a page table at RAM + 0x1000 maps 0x40000000 to the first 4 MiB of
// RAM.
static void test_legacy_virtual(void)
{
    struct box *b = box_new();
    u32 pte = PTE_MAKE(BOARD_RAM, PTE_V | PTE_R | PTE_W | PTE_A | PTE_D);
    memcpy(b->f->ram + 0x1000 + 4 * (0x40000000u >> 22), &pte, 4);
    b->f->ram[0x200] = 3;
    b->state[0].satp = SATP_MODE | (BOARD_RAM + 0x1000) >> 12;
    CU_ASSERT_EQUAL(CALL(6, 0, 0x40000200, 0x3000, 0x1000), 0);
    CU_ASSERT(b->fenced.harts == 3 && b->fenced.kind == FENCE_VMA && b->fenced.start == 0x3000 &&
              b->fenced.size == 0x1000);
    CU_ASSERT_EQUAL(CALL(7, 0, 0x40000200, 0, 0, 5), 0);
    CU_ASSERT(b->fenced.harts == 3 && b->fenced.kind == FENCE_VMA_ASID && b->fenced.asid == 5);
    CU_ASSERT_EQUAL(CALL(5, 0, 0x40000200), 0);
    CU_ASSERT(b->fenced.harts == 3 && b->fenced.kind == FENCE_I);
    CU_ASSERT_EQUAL(CALL(5, 0, 0x50000200), INVALID_ADDRESS);
    CU_ASSERT_EQUAL(b->fenced.harts, 0);
    box_free(b);
}

// Arguments of all kinds: small numbers, addresses in RAM and a little beyond it, and anything.
static u32 random_argument(u64 *seed)
{
    u32 r = fake_random(seed), w = fake_random(seed);
    switch (r % 4) {
    case 0:
        return w % 5;
    case 1:
        return BOARD_RAM + w % (FAKE_RAM + 64);
    case 2:
        return w % 300;
    default:
        return w;
    }
}

static void test_random(void)
{
    static const u32 extensions[] = {0x10,     0x54494d45, 0x735049,   0x52464e43,
                                     0x48534d, 0x53525354, 0x4442434e, 0};
    struct box *b = box_new();
    u64 seed = 5;
    for (u32 i = 0; i < 20000; i++) {
        u32 extension = extensions[fake_random(&seed) % 8], args[5];
        for (u32 a = 0; a < 5; a++)
            args[a] = random_argument(&seed);
        call(b, extension ? extension : fake_random(&seed) % 10, fake_random(&seed) % 8, args);
        b->state[0].run = HART_RUNNING;
        CU_ASSERT_EQUAL_FATAL(b->fenced.harts >> HARTS, 0);
    }
    box_free(b);
}

const struct suite suite_firmware = {
    "firmware",
    (const struct test[]){
        {"the base extension tells who answers", test_base},
        {"probe knows what is there; the rest is not supported", test_probe},
        {"set_timer is a write of stimecmp", test_timer},
        {"an IPI reaches the harts of the mask, or none", test_ipi},
        {"a remote fence reaches its harts with its range", test_rfence},
        {"a stopped hart starts in the caller's present", test_hart_start},
        {"a hart's status is started or stopped", test_hart_status},
        {"system reset switches off with a reason", test_reset},
        {"the debug console writes RAM and nothing else", test_console_write},
        {"the debug console, getchar and the UART share one input", test_console_read},
        {"legacy putchar leaves a1 alone", test_legacy_console},
        {"a legacy mask is in the caller's memory", test_legacy_ipi},
        {"a legacy mask is found through the caller's page tables", test_legacy_virtual},
        {"random calls do no harm", test_random},
        {0}}};
