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
    PUT(IER, 1);
    fake_type(f, "abc");
    for (const char *want = "abc"; *want; want++) {
        CU_ASSERT_EQUAL(GET(LSR), 0x61);
        CU_ASSERT_EQUAL(GET(DATA), (u8)*want);
    }
    CU_ASSERT_EQUAL(GET(LSR), 0x60);
    fake_free(f);
}

// ---- when the guest listens

static bool look(struct fake *f)
{
    return GET(LSR) & 1;
}

static void test_poll(void)
{
    struct fake *f = fake_new();
    f->in[f->in_count++] = 'x'; // and nobody calls board_input
    for (u32 i = 1; i < UART_LOOKS; i++)
        CU_ASSERT_FALSE(look(f));
    CU_ASSERT(look(f));
    CU_ASSERT_EQUAL(GET(DATA), 'x');
    f->in[f->in_count++] = 'y';
    CU_ASSERT(look(f)); // it listens now
    CU_ASSERT_EQUAL(GET(DATA), 'y');
    fake_free(f);
}

// Between its looks this guest prints. It waits for the transmitter each time.
static void test_poll_between_output(void)
{
    struct fake *f = fake_new();
    fake_type(f, "x");
    u32 rounds = 0;
    while (rounds < 100 && !look(f)) {
        look(f);
        PUT(DATA, '.');
        rounds++;
    }
    CU_ASSERT_EQUAL(rounds, UART_LOOKS - 1);
    fake_free(f);
}

// This one does not wait for the transmitter, so each look seems to be for the output.
static void test_poll_before_output(void)
{
    struct fake *f = fake_new();
    fake_type(f, "x");
    for (u32 i = 1; i < UART_LOADS; i++) {
        CU_ASSERT_FALSE(look(f));
        PUT(DATA, '.');
    }
    CU_ASSERT(look(f));
    fake_free(f);
}

// Drivers that empty the receiver before they listen, each in another way.

static void drain_until_empty(struct fake *f)
{
    while (look(f))
        GET(DATA);
}

static void drain_blindly(struct fake *f)
{
    for (u32 i = 0; i < 64; i++)
        GET(DATA);
}

static void drain_sixteen(struct fake *f)
{
    for (u32 i = 0; i < 16; i++)
        if (look(f))
            GET(DATA);
}

static void drain_and_look(struct fake *f)
{
    for (u32 i = 0; i < 64; i++) {
        look(f);
        GET(DATA);
    }
}

static void drain_after_text(struct fake *f)
{
    for (u32 i = 0; i < 500; i++) {
        look(f);
        PUT(DATA, '.');
    }
    drain_until_empty(f);
    GET(DATA);
}

// As Linux does: the driver tries the bits of IER, resets the FIFOs, and loads each register once.
static void drain_as_8250(struct fake *f)
{
    PUT(IER, 0x0f);
    GET(IER);
    PUT(IER, 0);
    PUT(IIR, 1);
    PUT(IIR, 7);
    PUT(IIR, 0);
    GET(LSR);
    GET(DATA);
    GET(IIR);
    GET(MSR);
}

// The test that many tutorials have: is there a port that returns a byte?
static void drain_in_loopback(struct fake *f)
{
    PUT(IER, 0);
    PUT(IIR, 0xc7);
    PUT(MCR, 0x1e);
    PUT(DATA, 0xae);
    CU_ASSERT_EQUAL(GET(DATA), 0xae);
    PUT(MCR, 0x0f);
}

static void test_drivers(void)
{
    static void (*const drivers[])(struct fake * f) = {
        drain_until_empty, drain_blindly, drain_sixteen,    drain_and_look,
        drain_after_text,  drain_as_8250, drain_in_loopback};
    for (u32 i = 0; i < sizeof drivers / sizeof *drivers; i++) {
        struct fake *f = fake_new();
        fake_type(f, "early");
        drivers[i](f);
        PUT(IER, 1);
        for (const char *want = "early"; *want; want++) {
            CU_ASSERT_EQUAL(GET(IIR) & 0xf, 4);
            CU_ASSERT_EQUAL(GET(DATA), (u8)*want);
        }
        CU_ASSERT_EQUAL(GET(IIR) & 0xf, 1);
        fake_free(f);
    }
}

// With the interrupt switched off a guest still gets what it asks for.
static void test_listens_on(void)
{
    struct fake *f = fake_new();
    PUT(IER, 1);
    PUT(IER, 0);
    fake_type(f, "ab");
    CU_ASSERT(look(f));
    CU_ASSERT_EQUAL(GET(DATA), 'a');
    CU_ASSERT(look(f));
    fake_free(f);
}

// A byte that goes back is the next one, for the driver and for the firmware.
static void test_return(void)
{
    struct fake *f = fake_new();
    PUT(IER, 1);
    fake_type(f, "abc");
    PUT(IER, 0);
    PUT(IIR, 3);
    CU_ASSERT_FALSE(look(f));
    CU_ASSERT_EQUAL(board_receive(&f->board, &f->wires), 'a');
    CU_ASSERT_EQUAL(board_receive(&f->board, &f->wires), 'b');
    CU_ASSERT_FALSE(look(f));
    PUT(IER, 1);
    CU_ASSERT_EQUAL(GET(DATA), 'c');
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
    PUT(IER, 1);
    fake_type(f, "ls");
    CU_ASSERT_EQUAL(GET(IIR), 0x04);
    PUT(IIR, 7); // on, and both cleared
    CU_ASSERT_EQUAL(GET(IIR), 0xc4);
    CU_ASSERT_EQUAL(GET(DATA), 'l');
    CU_ASSERT_EQUAL(GET(DATA), 's');
    PUT(IIR, 0);
    CU_ASSERT_EQUAL(GET(IIR), 0x01);
    fake_free(f);
}

static void test_loopback(void)
{
    struct fake *f = fake_new();
    PUT(IER, 1);
    fake_type(f, "v");
    PUT(MCR, 0x10 | 0x0a); // OUT2 and RTS come back as DCD and CTS
    CU_ASSERT_EQUAL(GET(MSR), 0x90);
    PUT(MCR, 0x10 | 0x05);
    CU_ASSERT_EQUAL(GET(MSR), 0x60);
    CU_ASSERT_EQUAL(GET(LSR), 0x60); // "v" went back to the line
    PUT(DATA, 'q');
    fake_type(f, "w");
    CU_ASSERT_EQUAL(GET(LSR), 0x61);
    PUT(DATA, 'r');
    CU_ASSERT_EQUAL(GET(LSR), 0x63); // q was overrun
    CU_ASSERT_EQUAL(GET(LSR), 0x61); // and saying so ends it
    CU_ASSERT_EQUAL(GET(DATA), 'r');
    CU_ASSERT_EQUAL(GET(LSR), 0x60); // the line is cut
    PUT(DATA, 's');
    PUT(IIR, 2); // a looped byte does not go to the line
    CU_ASSERT_EQUAL(GET(LSR), 0x60);
    PUT(MCR, 0);
    CU_ASSERT_EQUAL(GET(DATA), 'v');
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
                          {"a guest that looks while it prints finds it", test_poll_between_output},
                          {"so does one that prints after each look", test_poll_before_output},
                          {"a driver that empties the port loses no early byte", test_drivers},
                          {"a guest that listens goes on without interrupts", test_listens_on},
                          {"a byte that goes back to the line comes first", test_return},
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
