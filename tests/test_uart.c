// The serial port against the PC16550D data sheet, through the board.
#include "tests/fake_board.h"

enum { DATA, IER, IIR, LCR, MCR, LSR, MSR, SCR };
#define AT(reg) (BOARD_UART + (reg))
#define GET(reg) fake_load(f, AT(reg), 1)
#define PUT(reg, value) fake_store(f, AT(reg), 1, value)

static void test_transmit(void)
{
    struct fake *f = fake_new();
    CU_ASSERT_EQUAL(GET(LSR), 0x60);
    PUT(DATA, 'h');
    PUT(DATA, 'i');
    CU_ASSERT_EQUAL(GET(LSR), 0x60);
    CU_ASSERT_STRING_EQUAL(f->out, "hi");
    fake_free(f);
}

static void test_receive(void)
{
    struct fake *f = fake_new();
    fake_type(f, "abc");
    for (const char *want = "abc"; *want; want++) {
        CU_ASSERT_EQUAL(GET(LSR), 0x61);
        CU_ASSERT_EQUAL(GET(DATA), (u8)*want);
    }
    CU_ASSERT_EQUAL(GET(LSR), 0x60);
    fake_free(f);
}

static void test_poll(void)
{
    struct fake *f = fake_new();
    f->in[f->in_count++] = 'x'; // and nobody calls board_input
    CU_ASSERT_EQUAL(GET(LSR), 0x61);
    CU_ASSERT_EQUAL(GET(DATA), 'x');
    fake_free(f);
}

static void test_received_interrupt(void)
{
    struct fake *f = fake_new();
    PUT(IER, 1);
    CU_ASSERT_EQUAL(GET(IIR), 1);
    fake_type(f, "ab");
    CU_ASSERT(uart_interrupt(&f->board.uart));
    CU_ASSERT_EQUAL(GET(IIR), 4);
    CU_ASSERT_EQUAL(GET(IIR), 4); // only reading the byte ends it
    GET(DATA);
    CU_ASSERT_EQUAL(GET(IIR), 4); // the second byte
    GET(DATA);
    CU_ASSERT_EQUAL(GET(IIR), 1);
    CU_ASSERT_FALSE(uart_interrupt(&f->board.uart));
    fake_free(f);
}

static void test_emptied_interrupt(void)
{
    struct fake *f = fake_new();
    PUT(DATA, 'a');
    CU_ASSERT_EQUAL(GET(IIR), 1); // not enabled
    PUT(IER, 2);
    CU_ASSERT(uart_interrupt(&f->board.uart));
    CU_ASSERT_EQUAL(GET(IIR), 2);
    CU_ASSERT_EQUAL(GET(IIR), 1); // the read acknowledged it
    PUT(DATA, 'b');
    CU_ASSERT_EQUAL(GET(IIR), 2); // empty again
    PUT(IER, 2);
    CU_ASSERT_EQUAL(GET(IIR), 1); // storing the same is not enabling
    PUT(IER, 0);
    PUT(IER, 2);
    CU_ASSERT_EQUAL(GET(IIR), 2);
    fake_free(f);
}

// With the FIFOs on, IIR has two bits more, and a read of it acknowledges as before.
static void test_emptied_with_fifos(void)
{
    struct fake *f = fake_new();
    PUT(IIR, 1);
    PUT(IER, 2);
    CU_ASSERT_EQUAL(GET(IIR), 0xc2);
    CU_ASSERT_FALSE(uart_interrupt(&f->board.uart));
    CU_ASSERT_EQUAL(GET(IIR), 0xc1);
    PUT(DATA, 'a');
    CU_ASSERT(uart_interrupt(&f->board.uart));
    CU_ASSERT_EQUAL(GET(IIR), 0xc2);
    CU_ASSERT_EQUAL(GET(IIR), 0xc1);
    CU_ASSERT_EQUAL(f->board.plic.line[0], 0);
    fake_free(f);
}

static void test_priority(void)
{
    struct fake *f = fake_new();
    PUT(IER, 3);
    fake_type(f, "z");
    CU_ASSERT_EQUAL(GET(IIR), 4);
    GET(DATA);
    CU_ASSERT_EQUAL(GET(IIR), 2); // was not acknowledged by reading another reason
    fake_free(f);
}

static void test_divisor(void)
{
    struct fake *f = fake_new();
    PUT(IER, 5);
    PUT(LCR, 0x83);
    PUT(DATA, 0x12);
    PUT(IER, 0x34);
    CU_ASSERT_EQUAL(GET(DATA), 0x12);
    CU_ASSERT_EQUAL(GET(IER), 0x34);
    PUT(LCR, 3);
    CU_ASSERT_EQUAL(GET(IER), 5);
    CU_ASSERT_EQUAL(GET(LCR), 3);
    CU_ASSERT_EQUAL(f->out_count, 0);
    fake_free(f);
}

static void test_keeping(void)
{
    struct fake *f = fake_new();
    PUT(SCR, 0xa5);
    PUT(IER, 0xff);
    PUT(MCR, 0xef);
    CU_ASSERT_EQUAL(GET(SCR), 0xa5);
    CU_ASSERT_EQUAL(GET(IER), 0x0f); // bits 7:4 are always 0
    CU_ASSERT_EQUAL(GET(MCR), 0x0f); // bits 7:5 are always 0
    CU_ASSERT_EQUAL(GET(MSR), 0xb0);
    PUT(LSR, 0);
    PUT(MSR, 0);
    CU_ASSERT_EQUAL(GET(LSR), 0x60);
    CU_ASSERT_EQUAL(GET(MSR), 0xb0);
    fake_free(f);
}

static void test_fifos(void)
{
    struct fake *f = fake_new();
    fake_type(f, "ls");
    CU_ASSERT_EQUAL(GET(IIR), 0x01);
    PUT(IIR, 7); // on, and both cleared
    CU_ASSERT_EQUAL(GET(IIR), 0xc1);
    CU_ASSERT_EQUAL(GET(DATA), 'l');
    CU_ASSERT_EQUAL(GET(DATA), 's');
    PUT(IIR, 0);
    CU_ASSERT_EQUAL(GET(IIR), 0x01);
    fake_free(f);
}

static void test_loopback(void)
{
    struct fake *f = fake_new();
    PUT(MCR, 0x10 | 0x0a); // OUT2 and RTS come back as DCD and CTS
    CU_ASSERT_EQUAL(GET(MSR), 0x90);
    PUT(MCR, 0x10 | 0x05);
    CU_ASSERT_EQUAL(GET(MSR), 0x60);
    PUT(DATA, 'q');
    fake_type(f, "w");
    CU_ASSERT_EQUAL(GET(LSR), 0x61);
    PUT(DATA, 'r');
    CU_ASSERT_EQUAL(GET(LSR), 0x63); // q was overrun
    CU_ASSERT_EQUAL(GET(LSR), 0x61); // and saying so ends it
    CU_ASSERT_EQUAL(GET(DATA), 'r');
    CU_ASSERT_EQUAL(GET(LSR), 0x60); // the line is cut
    PUT(MCR, 0);
    CU_ASSERT_EQUAL(GET(DATA), 'w');
    CU_ASSERT_EQUAL(f->out_count, 0);
    fake_free(f);
}

static void test_overrun_interrupt(void)
{
    struct fake *f = fake_new();
    PUT(MCR, 0x10);
    PUT(IER, 5);
    PUT(DATA, 'a');
    PUT(DATA, 'b');
    CU_ASSERT_EQUAL(GET(IIR), 6);
    GET(LSR);
    CU_ASSERT_EQUAL(GET(IIR), 4);
    fake_free(f);
}

static void test_widths(void)
{
    struct fake *f = fake_new();
    CU_ASSERT(fake_refuses(f, AT(LSR - 1), 2));
    CU_ASSERT(fake_refuses(f, AT(DATA), 4));
    CU_ASSERT(fake_refuses(f, BOARD_UART + BOARD_UART_SIZE, 1));
    CU_ASSERT_EQUAL(GET(8), 0);
    CU_ASSERT_EQUAL(GET(255), 0);
    fake_free(f);
}

static void test_random(void)
{
    struct fake *f = fake_new();
    u64 seed = 1;
    for (u32 i = 0; i < 200000; i++) {
        u32 r = fake_random(&seed), value;
        if (r % 64 == 0) {
            f->in_at = f->in_count = 0;
            fake_type(f, "x");
        }
        if (r & 0x1000)
            board_store(&f->board, &f->wires, AT(r & 0xff & (r >> 13)), 1 << (r >> 28 & 1),
                        r >> 20);
        else if (board_load(&f->board, &f->wires, AT(r & 0xff & (r >> 13)), 1, &value))
            CU_ASSERT_FATAL(value <= 0xff);
        CU_ASSERT_EQUAL_FATAL(uart_interrupt(&f->board.uart),
                              (f->board.plic.line[0] >> BOARD_IRQ_UART & 1) != 0);
    }
    fake_free(f);
}

const struct suite suite_uart = {
    "uart",
    (const struct test[]){{"a stored byte is sent at once", test_transmit},
                          {"received bytes come in order", test_receive},
                          {"a guest that polls finds its input", test_poll},
                          {"a received byte interrupts until it is read", test_received_interrupt},
                          {"an emptied transmitter interrupts once", test_emptied_interrupt},
                          {"so it does with the FIFOs on", test_emptied_with_fifos},
                          {"a received byte is told before an emptied transmitter", test_priority},
                          {"the divisor latch hides RBR, THR and IER", test_divisor},
                          {"registers keep the bits they have", test_keeping},
                          {"resetting the FIFOs loses no input", test_fifos},
                          {"loopback returns bytes and modem lines", test_loopback},
                          {"an overrun interrupts until LSR is read", test_overrun_interrupt},
                          {"only bytes are accessed, in the window", test_widths},
                          {"random accesses keep the line in step", test_random},
                          {0}}};
