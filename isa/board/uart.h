// The serial port, an ns16550a: eight registers of one byte, and one byte in each direction.
//
//     offset   DLAB = 0, load       DLAB = 0, store     DLAB = 1
//       0      RBR received byte    THR byte to send    DLL divisor, low
//       1      IER                  IER                 DLM divisor, high
//       2      IIR why              FCR FIFOs           (as with DLAB = 0)
//       3      LCR line: bit 7 is DLAB
//       4      MCR modem: bit 4 loops THR back to RBR and the modem outputs to the modem inputs
//       5      LSR status           -
//       6      MSR modem inputs     -
//       7      SCR eight bits to keep
//
// A byte is sent in the moment in which it is stored, so the transmitter is always empty (LSR bits
// 5 and 6). The line loses nothing: the other end waits until RBR is free. So a guest that resets
// its FIFOs while it boots loses no input.
//
// IIR names the reason of the interrupt. The reasons in order of priority: 6 an overrun (in
// loopback only), 4 a byte was received, 2 the transmitter became empty, 1 none. The modem inputs
// never change. Source: National Semiconductor PC16550D data sheet, section 8 (registers).
// Read next: isa/board/uart.c.
#ifndef ISA_BOARD_UART_H
#define ISA_BOARD_UART_H

#include "isa/types.h"

struct board_wires;

enum uart_register {
    UART_DATA = 0, // RBR, THR, DLL
    UART_IER = 1,  // and DLM
    UART_IIR = 2,  // load
    UART_FCR = 2,  // store
    UART_LCR = 3,
    UART_MCR = 4,
    UART_LSR = 5,
    UART_MSR = 6,
    UART_SCR = 7,
};

enum { UART_IER_RECEIVED = 1, UART_IER_EMPTIED = 2, UART_IER_LINE = 4, UART_IER_ALL = 15 };
enum { UART_IIR_NOTHING = 1, UART_IIR_EMPTIED = 2, UART_IIR_RECEIVED = 4, UART_IIR_LINE = 6 };
enum { UART_IIR_FIFOS = 0xc0 };
enum { UART_LCR_DLAB = 0x80 };
enum { UART_LSR_READY = 1, UART_LSR_OVERRUN = 2, UART_LSR_EMPTY = 0x60 };

struct uart {
    u8 ier, lcr, mcr, scr, dll, dlm;
    u8 fifos;    // FCR bit 0: the FIFOs are on, which IIR shows
    u8 received; // RBR
    u8 ready;    // RBR holds a byte that was not read yet
    u8 emptied;  // the transmitter became empty, and IIR has not yet said so
    u8 overrun;  // a byte was looped back while RBR was full
    u8 unused;
};

void uart_reset(struct uart *u);

// Accesses of one byte, at offset 0 to 255. From offset 8 on, a load gives 0 and a store is
// ignored. Returns false, and changes nothing, for an access of another size.
bool uart_load(struct uart *u, const struct board_wires *w, u32 offset, u32 size, u32 *value);
bool uart_store(struct uart *u, const struct board_wires *w, u32 offset, u32 size, u32 value);

// Takes a byte from the line into RBR if RBR is free.
void uart_input(struct uart *u, const struct board_wires *w);

// The next input byte, for the firmware's console calls: the byte in RBR if there is one, else the
// next byte on the line. So a driver and the firmware together see the input in order. -1: no
// input.
int uart_receive(struct uart *u, const struct board_wires *w);

bool uart_interrupt(const struct uart *u);

#endif
