// Processes. Each has one program with its memory, its open files, and a kernel stack. The
// kernel runs with interrupts off and changes processes only where it says so (schedule,
// wait_on). So nothing here needs a lock.
//
//          process_new        schedule            process_exit         process_wait (the parent's)
//     FREE ----------> READY <---------> (running) ------------> ZOMBIE ------------> FREE
//                        ^                   | wait_on
//                        +------ wake --- WAITING
// Read next: scenarios/guests/kite/kernel/schedule.c.
#ifndef KITE_PROCESS_H
#define KITE_PROCESS_H

#include "scenarios/guests/kite/abi.h"
#include "scenarios/guests/kite/kernel/files.h"
#include "scenarios/guests/kite/kernel/space.h"
#include "scenarios/guests/kite/kernel/trap.h"

#define PROCESSES 32
#define STACK_BYTES 8192 // of each kernel stack; boot.s has the memory
#define NAME_BYTES 16
#define NEVER (~(u64)0)

// The registers that context_switch keeps. boot.s depends on this order.
struct context {
    u32 ra, sp, s[12];
};

struct process {
    // Its name and its parent.
    u32 pid;
    enum process_state state;
    char name[NAME_BYTES];
    struct process *parent;
    // What it runs.
    struct space space;
    struct context context;
    struct trap_frame *frame; // the frame of its last trap from user mode
    struct file *files[FILES_EACH];
    // What it waits for.
    const void *channel;
    bool firmly; // it waits even if it is killed
    u64 wake_at; // NEVER: no time
    // How it ends.
    bool killed;
    i32 status; // what wait will answer
    u32 preempted;
};

struct process *current(void);
struct process *process_slot(u32 index); // 0 to PROCESSES - 1; 0 is the idle process

void process_init(void);               // the caller becomes process 0
void process_ready(struct process *p); // it may run from now on
// Takes a free slot. The new process is not ready yet, and of its space there is only the ASID.
// NULL: no slot is free.
struct process *process_new(void);
i32 process_fork(void);
void process_exit(i32 status) __attribute__((noreturn));
i32 process_wait(i32 *status);
i32 process_kill(u32 pid);
void process_kill_from(u32 pid); // every process with that number or a higher one

// Gives the hart to the next process that is ready, round robin, or to process 0 if none is.
void schedule(void);
// Waits until somebody calls wake(channel). Returns false if the process was killed instead.
bool wait_on(const void *channel);
void wait_firmly(const void *channel); // as wait_on, but a kill does not end the wait
bool wait_until(u64 time);             // false: it was killed
void wake(const void *channel);

// To be called by the timer interrupt. Wakes the sleepers whose time has come, and ends the
// slice if another process is ready.
void timer_interrupt(void);
u64 boot_time(void);

#endif
