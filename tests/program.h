// A machine with a program in it, for tests: assembly text in, machine out.
// Read next: tests/fake_board.h.
#ifndef TESTS_PROGRAM_H
#define TESTS_PROGRAM_H

#include "sim/machine.h"

// A machine (config NULL: the default, 128 MiB, one hart) with `text` assembled at BOARD_KERNEL and
// hart 0 about to run it. Failing to assemble fails the test and ends the program: the text is the
// test's own.
struct machine *program_machine(const char *text, const struct machine_config *config);

// The same with so many harts, and by this clock.
struct machine *program_harts(const char *text, u32 harts, enum clock clock);

// Assembles and runs at most `steps` steps; the program's last instruction is usually `ebreak` with
// stvec 0, or a power-off.
struct machine *program_run(const char *text, u64 steps);

// The address of a label of the last text assembled.
u32 program_label(const char *name);

// The words that switch the power off by SRST, to end a text with.
#define POWER_OFF_TEXT "\n li a7, 0x53525354\n li a6, 0\n li a0, 0\n li a1, 0\n ecall\n"

#endif
