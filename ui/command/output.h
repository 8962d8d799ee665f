// The standard streams, once for all commands. A command prints with stdio, and need not look at
// what becomes of its output: the end of the program looks once.
// Read next: ui/command/asm.c.
#ifndef UI_COMMAND_OUTPUT_H
#define UI_COMMAND_OUTPUT_H

// At the start of the program. A standard stream that the caller has closed is opened as one on
// which each read and write fails. Else the next file that is opened, a report for example, would
// take its number, and what a command prints would go into that file.
void output_begin(void);

// At the end of the program. Returns `status` if all that went to standard output was written; else
// STATUS_INTERNAL, after a message of the command that `command` names ("trapeze isa").
int output_end(const char *command, int status);

#endif
