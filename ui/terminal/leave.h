// The ways out of the terminal. The terminal is as it was before, however the program ends: by
// return, exit, a signal (INT TERM HUP QUIT) or a crash (SEGV BUS FPE ILL ABRT).
//
// A terminal may stop taking bytes in the middle of a frame: somebody pressed Ctrl-S, or the
// program behind it hangs. The thread that writes the frame then waits inside write, and may wait
// for ever. So a frame is written by leave_write, and the handler of SIGALRM jumps out of it.
// Read next: ui/terminal/screen.h.
#ifndef UI_TERMINAL_LEAVE_H
#define UI_TERMINAL_LEAVE_H

#include "isa/types.h"

#include <stdbool.h>

// Notes how the terminal is now, and catches the signals. False: standard input is no terminal.
bool leave_prepare(void);
// After a crash these bytes give the terminal back. NULL and (char *)-1 add nothing.
void leave_add_bytes(const char *bytes);
// From now on the terminal is ours. `give_back` gives it back tidily; it may wait.
void leave_taken(int (*give_back)(void));
bool leave_is_taken(void);
// Gives the terminal back, if it is ours.
void leave_now(void);
// The signals do again what they do by default.
void leave_release(void);

// Calls `writer`, which writes to the terminal. Returns false if the terminal took no bytes for a
// second and the call was given up half-way. Nothing that the call has half-done may be used then.
bool leave_write(int (*writer)(void));

// Can the terminal take bytes now?
bool leave_is_ready(void);

// The signal that asked us to end; 0: none.
int leave_signal(void);
// Gives the terminal back from a signal handler or another thread, just before the process ends.
void leave_rescue(void);

#endif
