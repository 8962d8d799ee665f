// What the kernel of kite and its programs agree on.
#ifndef KITE_ABI_H
#define KITE_ABI_H

#include "isa/types.h"

enum syscall {
#define SYSCALL(number, name, about) SYS_##name = number,
#include "scenarios/guests/kite/syscalls.def"
#undef SYSCALL
};

// Errors: a system call that fails answers one of these.
enum {
    NO_CALL = -1,     // no such system call
    NOT_FOUND = -2,   // no such file, child or process
    BAD_FILE = -3,    // the descriptor is not open, or not open for this
    BAD_ADDRESS = -4, // a pointer to memory that the program lacks or cannot write
    BAD_PROGRAM = -5, // not a program that this kernel can run
    NO_MEMORY = -6,
    TOO_MANY = -7,    // too many files, processes or arguments
    NO_READER = -8,   // a pipe that nobody reads any more
    INTERRUPTED = -9, // the caller was killed while it waited
    BAD_ARGUMENT = -10,
};

// The status that wait reports for a process that did not call exit.
#define WAIT_FAULT 256  // this + the scause of the fault that ended it
#define WAIT_KILLED 512 // kill ended it

// Ticks of `time` in a time slice: 100,000 instructions on T32's virtual clock, 10 ms on QEMU.
#define SLICE 100000u

struct file_info {
    char name[52];
    u32 bytes;
};

struct process_info {
    u32 pid, parent;
    u32 state;     // enum process_state
    u32 pages;     // pages of memory that it has touched
    u32 preempted; // how often its slice ended before it gave the hart up
    char name[16];
};

enum process_state { PROCESS_FREE, PROCESS_READY, PROCESS_WAITING, PROCESS_ZOMBIE };

enum micro {
    MICRO_CSR,
    MICRO_SFENCE,
    MICRO_SFENCE_ALL,
    MICRO_SATP,
    MICRO_SUM,
    MICRO_FIRMWARE,
    MICRO_DEVICE,
    MICRO_TIME
};

#endif
