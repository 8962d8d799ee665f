// The interrupt controller against the PLIC specification, through the board.
#include "tests/fake_board.h"

#define PRIORITY(source) (BOARD_PLIC + 4 * (source))
#define PENDING(word) (BOARD_PLIC + 0x1000 + 4 * (word))
#define ENABLE(context, word) (BOARD_PLIC + 0x2000 + 0x80 * (context) + 4 * (word))
#define THRESHOLD(context) (BOARD_PLIC + 0x200000 + 0x1000 * (context))
#define CLAIM(context) (THRESHOLD(context) + 4)
#define K0 1u // the contexts of mode K
#define K1 3u

// Sources that no device drives; the tests move their lines by hand.
static void raise(struct fake *f, u32 source)
{
    plic_line(&f->board.plic, source, true);
}

static void lower(struct fake *f, u32 source)
{
    plic_line(&f->board.plic, source, false);
}

static struct fake *enabled(u32 source, u32 priority)
{
    struct fake *f = fake_new();
    STORE4(PRIORITY(source), priority);
    STORE4(ENABLE(K0, source / 32), 1u << source % 32);
    return f;
}

static void test_round_trip(void)
{
    struct fake *f = enabled(40, 1);
    CU_ASSERT_FALSE(board_external(&f->board, 0));
    raise(f, 40);
    CU_ASSERT(board_external(&f->board, 0));
    CU_ASSERT_FALSE(board_external(&f->board, 1));
    CU_ASSERT_EQUAL(LOAD4(PENDING(1)), 1u << 8);
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 40);
    CU_ASSERT_FALSE(board_external(&f->board, 0));
    CU_ASSERT_EQUAL(LOAD4(PENDING(1)), 0);
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 0);
    lower(f, 40);
    STORE4(CLAIM(K0), 40);
    CU_ASSERT_FALSE(board_external(&f->board, 0));
    fake_free(f);
}

static void test_level(void)
{
    struct fake *f = enabled(40, 1);
    raise(f, 40);
    LOAD4(CLAIM(K0));
    raise(f, 40);
    CU_ASSERT_FALSE(board_external(&f->board, 0)); // held back until completion
    STORE4(CLAIM(K0), 40);
    CU_ASSERT(board_external(&f->board, 0)); // still high
    lower(f, 40);
    CU_ASSERT(board_external(&f->board, 0)); // a request made is not taken back
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 40);
    STORE4(CLAIM(K0), 40);
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 0);
    fake_free(f);
}

static void test_priority(void)
{
    struct fake *f = fake_new();
    STORE4(ENABLE(K0, 1), 0xffffffff);
    for (u32 source = 40; source < 44; source++) {
        STORE4(PRIORITY(source), source == 42 ? 5 : 3);
        raise(f, source);
    }
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 42);
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 40); // the lowest number among equals
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 41);
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 43);
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 0);
    fake_free(f);
}

static void test_priority_zero(void)
{
    struct fake *f = enabled(40, 0);
    raise(f, 40);
    CU_ASSERT_FALSE(board_external(&f->board, 0));
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 0);
    CU_ASSERT_EQUAL(LOAD4(PENDING(1)), 1u << 8);
    fake_free(f);
}

static void test_threshold(void)
{
    struct fake *f = enabled(40, 3);
    raise(f, 40);
    STORE4(THRESHOLD(K0), 3);
    CU_ASSERT_FALSE(board_external(&f->board, 0)); // only what is above
    STORE4(THRESHOLD(K0), 2);
    CU_ASSERT(board_external(&f->board, 0));
    STORE4(THRESHOLD(K0), 7);
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 40); // claiming takes no account of it
    fake_free(f);
}

static void test_contexts(void)
{
    struct fake *f = enabled(40, 1);
    STORE4(ENABLE(K1, 1), 1u << 8);
    raise(f, 40);
    CU_ASSERT(board_external(&f->board, 0) && board_external(&f->board, 1));
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K1)), 40);
    CU_ASSERT_FALSE(board_external(&f->board, 0) || board_external(&f->board, 1));
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 0); // somebody else has it
    fake_free(f);
}

static void test_foreign_completion(void)
{
    struct fake *f = enabled(40, 1);
    raise(f, 40);
    STORE4(CLAIM(K0), 40); // was not claimed
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 40);
    STORE4(CLAIM(K1), 40); // not enabled there
    STORE4(CLAIM(K0), 0);
    STORE4(CLAIM(K0), 96);
    STORE4(CLAIM(K0), 0xffffffff);
    CU_ASSERT_FALSE(board_external(&f->board, 0));
    STORE4(CLAIM(K0), 40);
    CU_ASSERT(board_external(&f->board, 0));
    fake_free(f);
}

static void test_registers(void)
{
    struct fake *f = fake_new();
    STORE4(PRIORITY(95), 0xff);
    CU_ASSERT_EQUAL(LOAD4(PRIORITY(95)), 7);
    STORE4(PRIORITY(0), 7);
    CU_ASSERT_EQUAL(LOAD4(PRIORITY(0)), 0);
    STORE4(ENABLE(K0, 0), 0xffffffff);
    CU_ASSERT_EQUAL(LOAD4(ENABLE(K0, 0)), 0xfffffffe);
    STORE4(THRESHOLD(K0), 0xf);
    CU_ASSERT_EQUAL(LOAD4(THRESHOLD(K0)), 7);
    STORE4(PENDING(0), 0xffffffff);
    CU_ASSERT_EQUAL(LOAD4(PENDING(0)), 0);
    const u32 nothing[] = {PRIORITY(96),  PENDING(3),
                           ENABLE(0, 0),  ENABLE(K0, 3),
                           ENABLE(16, 0), ENABLE(15871, 31),
                           THRESHOLD(0),  THRESHOLD(17),
                           CLAIM(K0) + 4, BOARD_PLIC + BOARD_PLIC_SIZE - 4};
    for (u32 i = 0; i < sizeof nothing / sizeof *nothing; i++) {
        STORE4(nothing[i], 0xffffffff);
        CU_ASSERT_EQUAL(LOAD4(nothing[i]), 0);
    }
    fake_free(f);
}

static void test_widths(void)
{
    struct fake *f = fake_new();
    CU_ASSERT(fake_refuses(f, PRIORITY(10), 1));
    CU_ASSERT(fake_refuses(f, PRIORITY(10), 2));
    CU_ASSERT(fake_refuses(f, BOARD_PLIC + BOARD_PLIC_SIZE, 4));
    CU_ASSERT(fake_refuses(f, BOARD_PLIC - 4, 4));
    fake_free(f);
}

static void test_devices(void)
{
    struct fake *f = enabled(BOARD_IRQ_UART, 1);
    fake_store(f, BOARD_UART + 1, 1, 1);
    fake_type(f, "k");
    CU_ASSERT(board_external(&f->board, 0));
    CU_ASSERT_EQUAL(LOAD4(CLAIM(K0)), 10);
    CU_ASSERT_EQUAL(fake_load(f, BOARD_UART, 1), 'k');
    STORE4(CLAIM(K0), 10);
    CU_ASSERT_FALSE(board_external(&f->board, 0));
    fake_free(f);
}

// Whatever is done: at most one of a source's requests is out, and the external line says what a
// claim would find above the threshold.
static void test_random(void)
{
    struct fake *f = fake_new();
    u64 seed = 7;
    for (u32 i = 0; i < 300000; i++) {
        u32 r = fake_random(&seed), value = fake_random(&seed), source = 1 + r % 95;
        const u32 places[] = {PRIORITY(source), ENABLE(r >> 8 & 3, r >> 10 & 3),
                              THRESHOLD(r >> 8 & 3), CLAIM(r >> 8 & 3),
                              BOARD_PLIC + (r >> 8) % BOARD_PLIC_SIZE / 4 * 4};
        if (r >> 31)
            plic_line(&f->board.plic, source, value & 1);
        else if (r & 0x40000000)
            STORE4(places[value % 5], (value >> 3 & 1) ? value >> 8 & 0x7f : value);
        else
            LOAD4(places[value % 5]);
        for (u32 w = 0; w < PLIC_WORDS; w++)
            CU_ASSERT_EQUAL_FATAL(f->board.plic.pending[w] & ~f->board.plic.busy[w], 0);
        if (board_external(&f->board, 0) && i % 16 == 0)
            CU_ASSERT_NOT_EQUAL_FATAL(LOAD4(CLAIM(K0)), 0);
    }
    fake_free(f);
}

const struct suite suite_plic = {
    "plic",
    (const struct test[]){{"a request is claimed once and completed", test_round_trip},
                          {"a line that stays high asks again after completion", test_level},
                          {"the highest priority is claimed first", test_priority},
                          {"priority 0 never interrupts", test_priority_zero},
                          {"a threshold masks what is not above it", test_threshold},
                          {"one context's claim takes it from the other", test_contexts},
                          {"a completion that does not match is ignored", test_foreign_completion},
                          {"registers that are not there load 0", test_registers},
                          {"only words are accessed, in the window", test_widths},
                          {"a device's line reaches its source", test_devices},
                          {"random accesses keep requests and lines in step", test_random},
                          {0}}};
