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
// 5 and 6). The line loses nothing: the other end waits until RBR is free.
//
// Input from a file is there before the guest has booted, and a person may type early, too. Many
// drivers empty the receiver when they start, and would throw these bytes away. So the line holds
// its bytes until the guest *listens*:
//
//                  IER bit 0 := 1, or
//      +------+    UART_LOOKS looks, or UART_LOADS loads of LSR and RBR     +---------+
//      | deaf | ----------------------------------------------------------> | listens |
//      +------+ <---------------------------------------------------------- +---------+
//                  FCR bit 1 (reset the receiver) while IER bit 0 is 0
//
// A look is a load of LSR which finds nothing, and which the guest does not make for its output: a
// load whose next store goes to THR only waited for the transmitter. A load of RBR which finds
// nothing starts the count of looks again, since the guest empties the receiver. Real FIFOs have 16
// bytes, so a driver that empties them looks 16 times at most; a guest that looks once more waits
// for input. A guest whose loads of LSR all seem to be for its output is heard after UART_LOADS
// loads. When the guest becomes deaf, a byte of the line that is still in RBR goes back.
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

enum { UART_FCR_ENABLE = 1, UART_FCR_RESET_RECEIVER = 2 };
enum { UART_LOOKS = 17, UART_LOADS = 1000 };

// What is in RBR: nothing, or a byte that was not read yet, from the line or looped back.
enum uart_ready { UART_READY_NOTHING, UART_READY_LINE, UART_READY_LOOPED };

struct uart {
    u8 ier, lcr, mcr, scr, dll, dlm;
    u8 fifos;    // FCR bit 0: the FIFOs are on, which IIR shows
    u8 received; // RBR
    u8 ready;    // enum uart_ready
    u8 emptied;  // the transmitter became empty, and IIR has not yet said so
    u8 overrun;  // a byte was looped back while RBR was full
    u8 listens;  // the guest takes bytes from the line
    u8 looks;    // for input, by a guest that does not listen yet: see above
    u8 looked;   // ... and no store came since the last of them
    u8 returned; // the byte that went back to the line
    u8 returns;  // ... and comes before all other bytes of the line
    u16 loads;   // of LSR and RBR, by a guest that does not listen yet
};

void uart_reset(struct uart *u);

// Accesses of one byte, at offset 0 to 255. From offset 8 on, a load gives 0 and a store is
// ignored. Returns false, and changes nothing, for an access of another size.
bool uart_load(struct uart *u, const struct board_wires *w, u32 offset, u32 size, u32 *value);
bool uart_store(struct uart *u, const struct board_wires *w, u32 offset, u32 size, u32 value);

// Takes a byte from the line into RBR if RBR is free and the guest listens.
void uart_input(struct uart *u, const struct board_wires *w);

// The next input byte, for the firmware's console calls: the byte in RBR if there is one, else the
// next byte on the line. So a driver and the firmware together see the input in order. The call
// itself shows that the guest wants a byte, so it need not listen. -1: no input.
int uart_receive(struct uart *u, const struct board_wires *w);

bool uart_interrupt(const struct uart *u);

#endif
