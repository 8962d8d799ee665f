// What kite's kernel and its programs agree on. Read next: syscalls.def, then user/kite.h (a
// program's view) or kernel/syscall.c.
#ifndef KITE_ABI_H
#define KITE_ABI_H

#include "isa/types.h"

enum syscall {
#define SYSCALL(number, name, about) SYS_##name = number,
#include "scenarios/guests/kite/syscalls.def"
#undef SYSCALL
};

// Errors: what a system call answers instead.
enum {
    NO_CALL = -1,     // no such system call
    NOT_FOUND = -2,   // no such file, child or process
    BAD_FILE = -3,    // not an open descriptor, or not open for that
    BAD_ADDRESS = -4, // a pointer to where the program has no (writable) memory
    BAD_PROGRAM = -5, // not a program this kernel can run
    NO_MEMORY = -6,
    TOO_MANY = -7,    // files, processes, arguments
    NO_READER = -8,   // a pipe that nobody reads any more
    INTERRUPTED = -9, // the caller has been killed meanwhile
    BAD_ARGUMENT = -10,
};

#define WAIT_FAULT 256  // a status of wait: this + the scause that ended the process
#define WAIT_KILLED 512 // by kill

#define SLICE \
    100000u // ticks of `time` in a time slice: 100,000 instructions on T32's virtual clock, 10 ms
            // on QEMU

struct file_info {
    char name[52];
    u32 bytes;
};

struct process_info {
    u32 pid, parent;
    u32 state;     // enum process_state
    u32 pages;     // of memory that it has touched
    u32 preempted; // times its slice ended before it gave the hart up
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
