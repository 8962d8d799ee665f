// The ns16550a of uart.h. Each access first looks whether the line has a byte, so a guest that
// polls needs nobody to push input at it. Read next: plic.c.
#include "isa/board/uart.h"
#include "isa/board/board.h"

enum { REG_DATA, REG_IER, REG_IIR_FCR, REG_LCR, REG_MCR, REG_LSR, REG_MSR, REG_SCR };

enum { IER_RECEIVED = 1, IER_EMPTIED = 2, IER_LINE = 4, IER_ALL = 15 };
enum { IIR_EMPTIED = 2, IIR_RECEIVED = 4, IIR_LINE = 6, IIR_NOTHING = 1, IIR_FIFOS = 0xc0 };
enum { LCR_DLAB = 0x80 };
enum { MCR_DTR = 1, MCR_RTS = 2, MCR_OUT1 = 4, MCR_OUT2 = 8, MCR_LOOP = 16, MCR_ALL = 31 };
enum { LSR_READY = 1, LSR_OVERRUN = 2, LSR_EMPTY = 0x60 };
enum { MSR_CTS = 0x10, MSR_DSR = 0x20, MSR_RI = 0x40, MSR_DCD = 0x80 };

void uart_reset(struct uart *u)
{
    *u = (struct uart){0};
}

void uart_input(struct uart *u, const struct board_wires *w)
{
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
    if ((u->ier & IER_LINE) && u->overrun)
        return IIR_LINE;
    if ((u->ier & IER_RECEIVED) && u->ready)
        return IIR_RECEIVED;
    if ((u->ier & IER_EMPTIED) && u->emptied)
        return IIR_EMPTIED;
    return IIR_NOTHING;
}

bool uart_interrupt(const struct uart *u)
{
    return interrupt_reason(u) != IIR_NOTHING;
}

// Telling that the transmitter became empty is what acknowledges it.
static u8 load_iir(struct uart *u)
{
    u8 reason = interrupt_reason(u);
    if (reason == IIR_EMPTIED)
        u->emptied = 0;
    return reason | (u->fifos ? IIR_FIFOS : 0);
}

static u8 load_lsr(struct uart *u)
{
    u8 value = LSR_EMPTY | (u->ready ? LSR_READY : 0) | (u->overrun ? LSR_OVERRUN : 0);
    u->overrun = 0;
    return value;
}

// In loopback the four modem outputs come back as inputs; a driver finds out by it whether a port
// is there at all.
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
    u->emptied = 1;
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
    u->ier = value & IER_ALL;
    if (changed & IER_EMPTIED)
        u->emptied = (value & IER_EMPTIED) != 0; // it is empty now, and says so once
}

bool uart_load(struct uart *u, const struct board_wires *w, u32 offset, u32 size, u32 *value)
{
    if (size != 1)
        return false;
    bool dlab = u->lcr & LCR_DLAB;
    uart_input(u, w);
    switch (offset) {
    case REG_DATA:
        *value = dlab ? u->dll : load_rbr(u, w);
        break;
    case REG_IER:
        *value = dlab ? u->dlm : u->ier;
        break;
    case REG_IIR_FCR:
        *value = load_iir(u);
        break;
    case REG_LCR:
        *value = u->lcr;
        break;
    case REG_MCR:
        *value = u->mcr;
        break;
    case REG_LSR:
        *value = load_lsr(u);
        break;
    case REG_MSR:
        *value = load_msr(u);
        break;
    case REG_SCR:
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
    bool dlab = u->lcr & LCR_DLAB;
    switch (offset) {
    case REG_DATA:
        if (dlab)
            u->dll = value;
        else
            store_thr(u, w, value);
        break;
    case REG_IER:
        if (dlab)
            u->dlm = value;
        else
            store_ier(u, value);
        break;
    case REG_IIR_FCR:
        u->fifos = value & 1;
        break;
    case REG_LCR:
        u->lcr = value;
        break;
    case REG_MCR:
        u->mcr = value & MCR_ALL;
        break;
    case REG_SCR:
        u->scr = value;
        break;
    default:
        break;
    }
    uart_input(u, w);
    return true;
}
