// The console: a ns16550a UART behind the PLIC.
#ifndef KITE_CONSOLE_H
#define KITE_CONSOLE_H

#include "isa/types.h"

// After paging is on. Interrupts of the UART and of virtio slot interrupts go to this hart.
void console_init(u32 hart);

void console_put(u8 byte);

// Reads a line, with echo and the usual keys (backspace, ^U, ^D), to the user's `to`; waits for it.
// Returns bytes, 0 at ^D, or an error.
i32 console_read(u32 to, u32 bytes);

// ^C ends every process from this number on, 0: none. Numbers only grow, so those are a command and
// all that it started.
void console_foreground(u32 pid);

// An external interrupt: asks the PLIC who calls, and serves everybody who does.
void plic_interrupt(void);
void plic_enable(u32 irq);

#endif
