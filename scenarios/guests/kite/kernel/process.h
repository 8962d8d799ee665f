// Processes: one program each, with its memory, its open files and a kernel stack of its own. The
// kernel runs with interrupts off and changes processes only where it says so (schedule, wait_on),
// so nothing here needs a lock.
//
//          process_new         schedule             process_exit          process_wait (the parent's)
//     FREE -----------> READY <----------> (running) ------------> ZOMBIE ------------> FREE
//                         ^                    | wait_on
//                         +------ wake ---- WAITING
#ifndef KITE_PROCESS_H
#define KITE_PROCESS_H

#include "scenarios/guests/kite/abi.h"
#include "scenarios/guests/kite/kernel/files.h"
#include "scenarios/guests/kite/kernel/space.h"
#include "scenarios/guests/kite/kernel/trap.h"

#define PROCESSES 32
#define STACK_BYTES 8192 // of kernel stack; boot.s has the room
#define NAME_BYTES 16
#define NEVER (~(u64)0)

// What context_switch keeps (boot.s knows this order).
struct context {
    u32 ra, sp, s[12];
};

struct process {
    // Who it is.
    u32 pid;
    enum process_state state;
    char name[NAME_BYTES];
    struct process *parent;
    // What it runs.
    struct space space;
    struct context context;
    struct trap_frame *frame; // of its last trap from user mode
    struct file *files[FILES_EACH];
    // What it waits for.
    const void *channel;
    bool firmly; // even if it is killed
    u64 wake_at; // or NEVER
    // How it ends.
    bool killed;
    i32 status; // for wait
    u32 preempted;
};

struct process *current(void);
struct process *process_slot(u32 index); // 0 to PROCESSES - 1; 0 is the idle process

void process_init(void);               // the caller becomes process 0
void process_ready(struct process *p); // it may run: new, or what it waited for is there
struct process *process_new(
    void); // a free slot, not ready yet, with no space but the number of one; NULL: none
i32 process_fork(void);
void process_exit(i32 status) __attribute__((noreturn));
i32 process_wait(i32 *status);
i32 process_kill(u32 pid);
void process_kill_from(u32 pid); // every process with that number or a higher one

// Gives the hart to the next process that is ready, round and round; to process 0 when none is.
void schedule(void);
// Waits until somebody calls wake(channel), or the current process is killed (false).
bool wait_on(const void *channel);
void wait_firmly(const void *channel); // as wait_on, killed or not
bool wait_until(u64 time);             // false: killed
void wake(const void *channel);

// The timer: called by its interrupt. Wakes sleepers; ends the slice if another process is ready.
void timer_interrupt(void);
u64 boot_time(void);

#endif
