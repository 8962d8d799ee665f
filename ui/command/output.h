// Checks the standard streams, once for all commands. A command prints with stdio, and does not
// check whether its output was written: the end of the program checks that once.
// Read next: ui/command/asm.c.
#ifndef UI_COMMAND_OUTPUT_H
#define UI_COMMAND_OUTPUT_H

// To be called at the start of the program. If the caller has closed a standard stream, this
// function opens it as a file on which each read and write fails. Otherwise the next file that
// is opened, for example a report, would take the number of the stream, and the command would
// print into that file.
void output_begin(void);

// To be called at the end of the program. Returns `status` if all output was written to standard
// output. Otherwise prints a message for `command` ("trapeze isa"), and returns STATUS_INTERNAL.
int output_end(const char *command, int status);

#endif
