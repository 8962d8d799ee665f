// The console: an ns16550a UART behind the PLIC.
#ifndef KITE_CONSOLE_H
#define KITE_CONSOLE_H

#include "isa/types.h"

// To be called when paging is on. Interrupts of the UART and of the virtio slots then go to this
// hart.
void console_init(u32 hart);

void console_put(u8 byte);

// Reads a line to the user's `to`, with echo and the usual keys (backspace, ^U, ^D), and waits
// until it is complete. Returns how many bytes it has, 0 after ^D, or an error.
i32 console_read(u32 to, u32 bytes);

// ^C ends every process from this number on; 0: no process. Numbers only grow, so these are a
// command and all processes that it started.
void console_foreground(u32 pid);

// Handles an external interrupt: asks the PLIC which device calls, and serves all that do.
void plic_interrupt(void);
void plic_enable(u32 irq);

#endif
