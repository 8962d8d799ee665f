// The serial port of uart.h. Each access first looks whether the line has a byte, so a guest that
// polls gets its input although nobody calls uart_input.
// Read next: isa/board/plic.h.
#include "isa/board/uart.h"
#include "isa/board/board.h"

enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 16, MCR_ALL = 31 };
enum { MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80 };

void uart_reset(struct uart *u)
{
    *u = (struct uart){0};
}

void uart_input(struct uart *u, const struct board_wires *w)
{
    // In loopback the line is cut off: only the own transmitter is heard.
    if (u->ready || (u->mcr & MCR_LOOP))
        return;
    int byte = w->console_get(w->context);
    if (byte >= 0) {
        u->received = (u8)byte;
        u->ready = 1;
    }
}

int uart_receive(struct uart *u, const struct board_wires *w)
{
    uart_input(u, w);
    if (!u->ready)
        return -1;
    int byte = u->received;
    u->ready = 0;
    uart_input(u, w);
    return byte;
}

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

static u8 load_lsr(struct uart *u)
{
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
    u->ready = 0;
    uart_input(u, w);
    return byte;
}

static void store_thr(struct uart *u, const struct board_wires *w, u8 byte)
{
    u->emptied = 1; // the byte is gone at once
    if (!(u->mcr & MCR_LOOP)) {
        w->console_put(w->context, byte);
        return;
    }
    u->overrun |= u->ready;
    u->received = byte;
    u->ready = 1;
}

static void store_ier(struct uart *u, u8 value)
{
    u8 changed = u->ier ^ value;
    u->ier = value & UART_IER_ALL;
    if (changed & UART_IER_EMPTIED)
        u->emptied = (value & UART_IER_EMPTIED) != 0; // it is empty, and will say so once
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
        *value = load_lsr(u);
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
        u->fifos = value & 1;
        break;
    case UART_LCR:
        u->lcr = value;
        break;
    case UART_MCR:
        u->mcr = value & MCR_ALL;
        break;
    case UART_SCR:
        u->scr = value;
        break;
    default:
        break;
    }
    uart_input(u, w);
    return true;
}
