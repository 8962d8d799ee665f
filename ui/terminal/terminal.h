// Standard input as the keyboard of a guest. On a terminal every key goes to the guest at once,
// Ctrl-C too; Ctrl-A x leaves, as in QEMU. The terminal is restored on every way out, also after
// a signal. If standard input is a file or a pipe, it is read to its end before the guest
// starts. Input is then always ready, and a run repeats exactly.
#ifndef UI_TERMINAL_TERMINAL_H
#define UI_TERMINAL_TERMINAL_H

#include "isa/types.h"

struct terminal;

struct terminal *terminal_open(char *error, size_t error_size); // one at a time
void terminal_close(struct terminal *t);
bool terminal_is_interactive(const struct terminal *t);

enum { TERMINAL_LEAVE = -1, TERMINAL_CLOSED = -2 };
// Reads up to `room` bytes, and waits at most wait_ms milliseconds for the first. Returns how
// many bytes were read; 0 if there are none yet. TERMINAL_CLOSED: there will be no more.
// TERMINAL_LEAVE: the person wants to leave, or a signal asks the program to end.
int terminal_read(struct terminal *t, u8 *bytes, size_t room, int wait_ms);
// To be called after TERMINAL_LEAVE. Returns the signal that asked the program to end, or 0.
int terminal_signal(const struct terminal *t);

#endif
