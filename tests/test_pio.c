// The programmed-I/O disk against the register map in isa/board/pio.h, and the rest of the board's
// windows.
#include "isa/board/pio.h"
#include "tests/fake_board.h"

#include <string.h>

#define AT(reg) (BOARD_PIO + (reg))
#define GET(reg) LOAD4(AT(PIO_REG_##reg))
#define PUT(reg, value) STORE4(AT(PIO_REG_##reg), value)

static void test_read(void)
{
    struct fake *f = fake_new();
    u32 words[PIO_WORDS];
    CU_ASSERT_EQUAL(GET(ID), 0x6469736b);
    CU_ASSERT_EQUAL(GET(SECTORS), FAKE_SECTORS);
    PUT(SECTOR, 5);
    PUT(COMMAND, PIO_READ);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_TRANSFER | PIO_INTERRUPT);
    for (u32 i = 0; i < PIO_WORDS; i++)
        words[i] = GET(DATA);
    CU_ASSERT_EQUAL(memcmp(words, f->disk + 5 * BOARD_SECTOR, BOARD_SECTOR), 0);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_INTERRUPT);
    CU_ASSERT_EQUAL(GET(DATA), 0);
    fake_free(f);
}

static void test_write(void)
{
    struct fake *f = fake_new();
    PUT(SECTOR, 63);
    PUT(COMMAND, PIO_WRITE);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_TRANSFER);
    PUT(SECTOR, 1); // is for the next command
    for (u32 i = 0; i < PIO_WORDS; i++)
        PUT(DATA, i * 0x01010101);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_INTERRUPT);
    PUT(DATA, 0xffffffff);
    for (u32 i = 0; i < BOARD_SECTOR; i++)
        CU_ASSERT_EQUAL(f->disk[63 * BOARD_SECTOR + i], (i / 4) & 0xff);
    fake_free(f);
}

static void test_interrupt(void)
{
    struct fake *f = fake_new();
    PUT(COMMAND, PIO_READ);
    CU_ASSERT_FALSE(pio_interrupt(&f->board.pio));
    PUT(CONTROL, 0xffffffff);
    CU_ASSERT_EQUAL(GET(CONTROL), 1);
    CU_ASSERT(pio_interrupt(&f->board.pio));
    CU_ASSERT_EQUAL(f->board.plic.line[0], 1u << 11);
    PUT(STATUS, 0);
    CU_ASSERT_FALSE(pio_interrupt(&f->board.pio));
    CU_ASSERT_EQUAL(GET(STATUS), PIO_TRANSFER);
    fake_free(f);
}

static void test_errors(void)
{
    struct fake *f = fake_new();
    PUT(SECTOR, FAKE_SECTORS);
    PUT(COMMAND, PIO_READ);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_ERROR | PIO_INTERRUPT);
    PUT(COMMAND, PIO_WRITE);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_ERROR | PIO_INTERRUPT);
    PUT(SECTOR, 0xffffffff);
    PUT(COMMAND, PIO_READ);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_ERROR | PIO_INTERRUPT);
    PUT(SECTOR, 0);
    PUT(COMMAND, 3);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_ERROR | PIO_INTERRUPT);
    PUT(COMMAND, PIO_WRITE);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_TRANSFER); // forgotten
    f->disk_fails = true;
    for (u32 i = 0; i < PIO_WORDS; i++)
        PUT(DATA, 0);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_ERROR | PIO_INTERRUPT);
    f->sectors = 0;
    CU_ASSERT_EQUAL(GET(SECTORS), 0);
    PUT(COMMAND, PIO_READ);
    CU_ASSERT_EQUAL(GET(STATUS), PIO_ERROR | PIO_INTERRUPT);
    f->sectors = (u64)1 << 40;
    CU_ASSERT_EQUAL(GET(SECTORS), 0xffffffff);
    fake_free(f);
}

static void test_restart(void)
{
    struct fake *f = fake_new();
    PUT(COMMAND, PIO_READ);
    for (u32 i = 0; i < 100; i++)
        GET(DATA);
    PUT(SECTOR, 2);
    PUT(COMMAND, PIO_READ);
    u32 first;
    memcpy(&first, f->disk + 2 * BOARD_SECTOR, 4);
    CU_ASSERT_EQUAL(GET(DATA), first);
    PUT(DATA, 9); // a store in a READ is ignored
    memcpy(&first, f->disk + 2 * BOARD_SECTOR + 4, 4);
    CU_ASSERT_EQUAL(GET(DATA), first);
    fake_free(f);
}

static void test_random(void)
{
    struct fake *f = fake_new();
    u64 seed = 3;
    for (u32 i = 0; i < 300000; i++) {
        u32 r = fake_random(&seed), value;
        u32 address = AT((r & 0x300) ? r % 8 * 4 : r % BOARD_PIO_SIZE / 4 * 4);
        if (r >> 31)
            board_store(&f->board, &f->wires, address, 4, r >> 16 & 0x43);
        else
            board_load(&f->board, &f->wires, address, 4, &value);
        CU_ASSERT_FATAL(f->board.pio.position <= PIO_WORDS);
    }
    fake_free(f);
}

// ---- the other windows

static void test_power(void)
{
    static const struct {
        u32 word;
        enum power why;
        u32 code, calls;
    } rows[] = {{0x5555, POWER_OFF, 0, 1},
                {0x00073333, POWER_FAILED, 7, 1},
                {0xffff3333, POWER_FAILED, 0xffff, 1},
                {0x7777, POWER_REBOOT, 0, 1},
                {0, POWER_ON, 0, 0},
                {0x5556, POWER_ON, 0, 0}};
    for (u32 i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct fake *f = fake_new();
        STORE4(BOARD_TEST, rows[i].word);
        CU_ASSERT_EQUAL(f->power, rows[i].why);
        CU_ASSERT_EQUAL(f->code, rows[i].code);
        CU_ASSERT_EQUAL(f->power_calls, rows[i].calls);
        STORE4(BOARD_TEST + 4, 0x5555);
        CU_ASSERT_EQUAL(f->power_calls, rows[i].calls);
        CU_ASSERT(fake_refuses(f, BOARD_TEST, 1));
        fake_free(f);
    }
}

static void test_windows(void)
{
    static const struct {
        u32 base, size;
    } rows[] = {{0x00100000, 0x1000},
                {0x0c000000, 0x600000},
                {0x10000000, 0x100},
                {0x10001000, 0x8000},
                {0x10010000, 0x1000}};
    for (u32 i = 0; i < sizeof rows / sizeof *rows; i++) {
        CU_ASSERT(board_has(rows[i].base));
        CU_ASSERT(board_has(rows[i].base + rows[i].size - 1));
        CU_ASSERT_FALSE(board_has(rows[i].base - 1));
        CU_ASSERT_FALSE(board_has(rows[i].base + rows[i].size));
    }
    struct fake *f = fake_new();
    CU_ASSERT(fake_refuses(f, 0, 4));
    CU_ASSERT(fake_refuses(f, 0x10000100, 1));
    CU_ASSERT(fake_refuses(f, BOARD_RAM, 4));
    CU_ASSERT(fake_refuses(f, 0xfffffffc, 4));
    fake_free(f);
}

const struct suite suite_pio = {
    "pio", (const struct test[]){{"a sector is read through the data port", test_read},
                                 {"a sector is written with its 128th word", test_write},
                                 {"STATUS drives irq 11 when CONTROL lets it", test_interrupt},
                                 {"a bad command or sector is an error", test_errors},
                                 {"a command ends the one before it", test_restart},
                                 {"random accesses stay inside the sector", test_random},
                                 {"the test device switches off with a reason", test_power},
                                 {"the windows are where the map says", test_windows},
                                 {0}}};
