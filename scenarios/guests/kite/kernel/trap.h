// What a trap leaves on the kernel stack: entry.s fills it in, and leaves the kernel by it. It
// is at the very end of the stack if the trap came from user mode.
// Read next: scenarios/guests/kite/kernel/trap.c.
#ifndef KITE_TRAP_H
#define KITE_TRAP_H

#include "isa/types.h"

struct trap_frame {
    u32 x[32]; // x[0] is not used
    u32 sepc, sstatus;
    u32 unused[2]; // makes the size a multiple of 16 bytes, as the calling convention wants
};

// Numbers of registers, by their names in the calling convention.
enum { REG_SP = 2, REG_A0 = 10, REG_A1 = 11, REG_A7 = 17 };

void trap_init(void);
void trap_leave(void); // never called but jumped to, with sp at a frame

// Carries out the system call that the frame's a7 names.
void syscall(struct trap_frame *frame);

// The longer system calls have chapters of their own.
i32 exec(const char *path, u32 argv, struct trap_frame *frame); // exec.c
i32 exec_words(const char *path, const char *words, u32 count, struct trap_frame *frame);
i32 micro(u32 which, u32 times); // micro.c

#endif
