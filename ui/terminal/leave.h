// All ways to leave the terminal. The terminal is again as it was before, however the program
// ends: by return, by exit, by a signal that asks for the end (INT, TERM, HUP, QUIT, XCPU, ...)
// or by a crash (SEGV, BUS, FPE, ILL, ABRT, ...).
//
// A terminal may stop to accept bytes in the middle of a frame, because somebody pressed Ctrl-S
// or because the program behind the terminal hangs. The thread that writes the frame then waits
// inside write, perhaps for ever. So leave_write writes each frame, and the handler of SIGALRM
// jumps out of it.
// Read next: ui/terminal/screen.h.
#ifndef UI_TERMINAL_LEAVE_H
#define UI_TERMINAL_LEAVE_H

#include "isa/types.h"

#include <stdbool.h>

// Notes the present settings of the terminal, and catches the signals. Returns false if standard
// input is no terminal.
bool leave_prepare(void);
// Adds bytes that make the terminal usable again after a crash. NULL and (char *)-1 add nothing.
void leave_add_bytes(const char *bytes);
// From now on the program uses the terminal. `give_back` restores the terminal in the normal
// way; it may have to wait.
void leave_taken(int (*give_back)(void));
bool leave_is_taken(void);
// Restores the terminal, if the program uses it.
void leave_now(void);
// Gives the signals their default actions again.
void leave_release(void);

// Calls `writer`, which writes to the terminal. Returns false if the terminal took no bytes for a
// second and the call was given up half-way. Nothing that the call has half-done may be used then.
bool leave_write(int (*writer)(void));

// Returns true if the terminal can accept bytes now.
bool leave_is_ready(void);

// Returns the signal that asked the program to end; 0 if there was none.
int leave_signal(void);
// Restores the terminal from a signal handler or from another thread, just before the process
// ends.
void leave_rescue(void);

#endif
