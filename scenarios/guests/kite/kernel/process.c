// The life of a process: fork, exit, wait. schedule.c decides which process runs, and exec.c
// what it runs.
// Read next: scenarios/guests/kite/kernel/exec.c.
#include "scenarios/guests/kite/kernel/process.h"
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"

extern u8 process_stacks[];

static u32 last_pid;

struct process *process_new(void)
{
    for (u32 i = 1; i < PROCESSES; i++) {
        struct process *p = process_slot(i);
        if (p->state != PROCESS_FREE)
            continue;
        *p = (struct process){.wake_at = NEVER};
        p->space.asid = i; // the ASID is the number of the slot
        u32 stack_end = (u32)process_stacks + (i + 1) * STACK_BYTES;
        p->frame = (struct trap_frame *)stack_end - 1;
        p->context.sp = (u32)p->frame;
        p->context.ra = (u32)trap_leave;
        p->state = PROCESS_WAITING; // the slot is taken, and nobody can wake it yet
        p->pid = ++last_pid;
        return p;
    }
    return NULL;
}

i32 process_fork(void)
{
    struct process *parent = current(), *child = process_new();
    if (!child)
        return TOO_MANY;
    if (!space_fork(&child->space, &parent->space)) {
        child->state = PROCESS_FREE;
        return NO_MEMORY;
    }
    memcpy(child->name, parent->name, NAME_BYTES);
    child->parent = parent;
    *child->frame = *parent->frame;
    child->frame->x[REG_A0] = 0; // fork returns 0 in the child
    for (u32 i = 0; i < FILES_EACH; i++)
        if (parent->files[i])
            child->files[i] = file_share(parent->files[i]);
    process_ready(child);
    return (i32)child->pid;
}

// Gives the children of a process that ends to init, the first process. init is woken, since a
// child that has already ended is news for it.
static void orphan_children(struct process *p)
{
    struct process *init = process_slot(1);
    for (u32 i = 2; i < PROCESSES; i++)
        if (process_slot(i)->state != PROCESS_FREE && process_slot(i)->parent == p) {
            process_slot(i)->parent = init;
            wake(init);
        }
}

void process_exit(i32 status)
{
    struct process *p = current();
    // The machine is switched off when the first process ends, with its status.
    if (p->pid == 1) {
        if (status != 0)
            print("kite: %s ended with status %d\n", p->name, status);
        firmware_power_off(status == 0);
    }
    for (u32 i = 0; i < FILES_EACH; i++)
        if (p->files[i])
            file_drop(p->files[i]);
    orphan_children(p);
    space_enter(NULL); // these tables are freed next, so the hardware must not use them
    space_free(&p->space);
    // The kernel stack is still in use. The slot is free only after the parent has read the status.
    p->status = status;
    p->state = PROCESS_ZOMBIE;
    wake(p->parent);
    schedule();
    panic("a dead process runs");
}

i32 process_wait(i32 *status)
{
    struct process *parent = current();
    for (;;) {
        bool any = false; // is there a child at all?
        for (u32 i = 1; i < PROCESSES; i++) {
            struct process *p = process_slot(i);
            if (p->state == PROCESS_FREE || p->parent != parent)
                continue;
            any = true;
            if (p->state == PROCESS_ZOMBIE) {
                *status = p->status;
                p->state = PROCESS_FREE;
                return (i32)p->pid;
            }
        }
        if (!any)
            return NOT_FOUND;
        if (!wait_on(parent))
            return INTERRUPTED;
    }
}
