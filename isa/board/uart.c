// The serial port of uart.h. Each access looks whether the line has a byte, so a guest that polls
// gets its input although nobody calls uart_input.
// Read next: isa/board/plic.h.
#include "isa/board/uart.h"
#include "isa/board/board.h"

enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 16, MCR_ALL = 31 };
enum { MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80 };

void uart_reset(struct uart *u)
{
    *u = (struct uart){0};
}

// ---- from the line to RBR

static int line_byte(struct uart *u, const struct board_wires *w)
{
    // In loopback the line is cut off: only the own transmitter is heard.
    if (u->mcr & MCR_LOOP)
        return -1;
    if (!u->returns)
        return w->console_get(w->context);
    u->returns = 0;
    return u->returned;
}

void uart_input(struct uart *u, const struct board_wires *w)
{
    if (u->ready || !u->listens)
        return;
    int byte = line_byte(u, w);
    if (byte >= 0) {
        u->received = (u8)byte;
        u->ready = UART_READY_LINE;
    }
}

int uart_receive(struct uart *u, const struct board_wires *w)
{
    if (!u->ready)
        return line_byte(u, w);
    int byte = u->received;
    u->ready = UART_READY_NOTHING;
    uart_input(u, w);
    return byte;
}

// A byte that was looped back never was on the line, so it stays where it is.
static void return_to_line(struct uart *u)
{
    if (u->ready != UART_READY_LINE)
        return;
    u->returned = u->received;
    u->returns = 1;
    u->ready = UART_READY_NOTHING;
}

static void set_listens(struct uart *u, bool listens)
{
    u->listens = listens;
    u->looks = 0;
    u->looked = 0;
    u->loads = 0;
}

// A deaf guest has loaded LSR or RBR.
static void count_load(struct uart *u, bool looked)
{
    u->looks = looked ? u->looks + 1 : 0;
    u->looked = looked;
    u->loads++;
    if (u->looks == UART_LOOKS || u->loads == UART_LOADS)
        set_listens(u, true);
}

// ---- registers

static u8 interrupt_reason(const struct uart *u)
{
    if ((u->ier & UART_IER_LINE) && u->overrun)
        return UART_IIR_LINE;
    if ((u->ier & UART_IER_RECEIVED) && u->ready)
        return UART_IIR_RECEIVED;
    if ((u->ier & UART_IER_EMPTIED) && u->emptied)
        return UART_IIR_EMPTIED;
    return UART_IIR_NOTHING;
}

bool uart_interrupt(const struct uart *u)
{
    return interrupt_reason(u) != UART_IIR_NOTHING;
}

// To load IIR while it says "the transmitter became empty" also acknowledges that interrupt.
static u8 load_iir(struct uart *u)
{
    u8 reason = interrupt_reason(u);
    if (reason == UART_IIR_EMPTIED)
        u->emptied = 0;
    return reason | (u->fifos ? UART_IIR_FIFOS : 0);
}

static u8 load_lsr(struct uart *u, const struct board_wires *w)
{
    if (!u->ready && !u->listens) {
        count_load(u, true);
        uart_input(u, w); // this look may have been the last one that was missing
    }
    u8 value =
        UART_LSR_EMPTY | (u->ready ? UART_LSR_READY : 0) | (u->overrun ? UART_LSR_OVERRUN : 0);
    u->overrun = 0;
    return value;
}

// In loopback the four modem outputs come back as inputs. Drivers use this to find out whether
// there is a port at all.
static u8 load_msr(const struct uart *u)
{
    if (!(u->mcr & MCR_LOOP))
        return MSR_DCD | MSR_DSR | MSR_CTS;
    return (u->mcr & MCR_RTS ? MSR_CTS : 0) | (u->mcr & MCR_DTR ? MSR_DSR : 0) |
           (u->mcr & MCR_OUT1 ? MSR_RI : 0) | (u->mcr & MCR_OUT2 ? MSR_DCD : 0);
}

static u8 load_rbr(struct uart *u, const struct board_wires *w)
{
    u8 byte = u->received;
    if (!u->ready && !u->listens)
        count_load(u, false);
    u->ready = UART_READY_NOTHING;
    uart_input(u, w);
    return byte;
}

static void store_thr(struct uart *u, const struct board_wires *w, u8 byte)
{
    if (u->looked)
        u->looks--; // that load of LSR waited for the transmitter
    u->emptied = 1; // the byte is gone at once
    if (!(u->mcr & MCR_LOOP)) {
        w->console_put(w->context, byte);
        return;
    }
    u->overrun |= u->ready != UART_READY_NOTHING;
    u->received = byte;
    u->ready = UART_READY_LOOPED;
}

static void store_ier(struct uart *u, u8 value)
{
    u8 changed = u->ier ^ value;
    u->ier = value & UART_IER_ALL;
    if (changed & UART_IER_EMPTIED)
        u->emptied = (value & UART_IER_EMPTIED) != 0; // it is empty, and will say so once
    if (value & UART_IER_RECEIVED)
        set_listens(u, true);
}

static void store_fcr(struct uart *u, u8 value)
{
    u->fifos = value & UART_FCR_ENABLE;
    if (!(value & UART_FCR_RESET_RECEIVER))
        return;
    // The guest expects an empty receiver, and it may go on to empty it by hand.
    return_to_line(u);
    u->ready = UART_READY_NOTHING;
    set_listens(u, u->ier & UART_IER_RECEIVED);
}

static void store_mcr(struct uart *u, u8 value)
{
    u->mcr = value & MCR_ALL;
    if (u->mcr & MCR_LOOP)
        return_to_line(u);
}

bool uart_load(struct uart *u, const struct board_wires *w, u32 offset, u32 size, u32 *value)
{
    if (size != 1)
        return false;
    bool dlab = u->lcr & UART_LCR_DLAB;
    uart_input(u, w);
    switch (offset) {
    case UART_DATA:
        *value = dlab ? u->dll : load_rbr(u, w);
        break;
    case UART_IER:
        *value = dlab ? u->dlm : u->ier;
        break;
    case UART_IIR:
        *value = load_iir(u);
        break;
    case UART_LCR:
        *value = u->lcr;
        break;
    case UART_MCR:
        *value = u->mcr;
        break;
    case UART_LSR:
        *value = load_lsr(u, w);
        break;
    case UART_MSR:
        *value = load_msr(u);
        break;
    case UART_SCR:
        *value = u->scr;
        break;
    default:
        *value = 0;
        break;
    }
    return true;
}

bool uart_store(struct uart *u, const struct board_wires *w, u32 offset, u32 size, u32 word)
{
    if (size != 1)
        return false;
    u8 value = (u8)word;
    bool dlab = u->lcr & UART_LCR_DLAB;
    switch (offset) {
    case UART_DATA:
        if (dlab)
            u->dll = value;
        else
            store_thr(u, w, value);
        break;
    case UART_IER:
        if (dlab)
            u->dlm = value;
        else
            store_ier(u, value);
        break;
    case UART_FCR:
        store_fcr(u, value);
        break;
    case UART_LCR:
        u->lcr = value;
        break;
    case UART_MCR:
        store_mcr(u, value);
        break;
    case UART_SCR:
        u->scr = value;
        break;
    default:
        break;
    }
    u->looked = 0;
    uart_input(u, w);
    return true;
}
