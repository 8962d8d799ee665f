// The serial port, an ns16550a: eight byte-wide registers, one byte each way.
//
//     offset   DLAB = 0, load      DLAB = 0, store     DLAB = 1
//       0      RBR received byte   THR byte to send    DLL divisor, low
//       1      IER                 IER                 DLM divisor, high
//       2      IIR why             FCR FIFOs           (as on the left)
//       3      LCR line: bit 7 is DLAB
//       4      MCR modem: bit 4 loops THR back to RBR and the modem outputs to the modem inputs
//       5      LSR status          -
//       6      MSR modem inputs    -
//       7      SCR eight bits to keep
//
// A byte is sent the moment it is stored, so the transmitter is always empty (LSR bits 5 and 6).
// The line is lossless: the other end waits until RBR is free, so a guest that resets its FIFOs
// while it boots loses no input. IIR names the reason of the interrupt, in this priority: 6 an
// overrun (loopback only), 4 a byte was received, 2 the transmitter became empty, 1 nothing. Modem
// inputs never change. Source: National Semiconductor PC16550D data sheet, section 8 (registers).
// Read next: plic.h.
#ifndef ISA_BOARD_UART_H
#define ISA_BOARD_UART_H

#include "isa/types.h"

struct board_wires;

struct uart {
    u8 ier, lcr, mcr, scr, dll, dlm;
    u8 fifos;    // FCR bit 0: FIFOs on, which IIR shows
    u8 received; // RBR
    u8 ready;    // RBR holds a byte that was not read
    u8 emptied;  // the transmitter became empty and IIR has not yet said so
    u8 overrun;  // a looped-back byte came while RBR was full
    u8 unused;
};

void uart_reset(struct uart *u);

// Byte accesses only, offset 0 to 255; offsets from 8 on load 0 and ignore stores. False: another
// size, nothing changed.
bool uart_load(struct uart *u, const struct board_wires *w, u32 offset, u32 size, u32 *value);
bool uart_store(struct uart *u, const struct board_wires *w, u32 offset, u32 size, u32 value);

// Takes a byte from the line into RBR if RBR is free.
void uart_input(struct uart *u, const struct board_wires *w);

// The next input byte as the firmware's console calls take it, ahead of nothing and behind nothing:
// RBR first. -1: none.
int uart_receive(struct uart *u, const struct board_wires *w);

bool uart_interrupt(const struct uart *u);

#endif
