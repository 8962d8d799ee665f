// The system calls: each takes arguments from a0, a1, ... of the caller and answers in a0. Their
// list is ../syscalls.def.
// Read next: scenarios/guests/kite/kernel/console.c.
#include "scenarios/guests/kite/kernel/console.h"
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"
#include "scenarios/guests/kite/kernel/process.h"
#include "scenarios/guests/kite/kernel/volume.h"
#include "scenarios/guests/kite/volume.h"

#define PATH_BYTES VOLUME_NAME

static i32 sys_exit(const u32 *a)
{
    process_exit((i32)(a[0] & 255));
}

static i32 sys_fork(const u32 *a)
{
    (void)a;
    return process_fork();
}

static i32 sys_exec(const u32 *a)
{
    char path[PATH_BYTES];
    i32 length = user_read_string(path, a[0], sizeof path);
    if (length < 0)
        return length == BAD_ARGUMENT ? NOT_FOUND : length;
    return exec(path, a[1], current()->frame);
}

static i32 sys_wait(const u32 *a)
{
    i32 status, pid = process_wait(&status);
    if (pid > 0 && a[0] != 0 && !user_write(a[0], &status, sizeof status))
        return BAD_ADDRESS;
    return pid;
}

static i32 sys_kill(const u32 *a)
{
    return process_kill(a[0]);
}

static i32 sys_getpid(const u32 *a)
{
    (void)a;
    return (i32)current()->pid;
}

static i32 sys_yield(const u32 *a)
{
    (void)a;
    schedule();
    return 0;
}

static i32 sys_sleep(const u32 *a)
{
    return wait_until(time_now() + (u64)a[0] * SLICE) ? 0 : INTERRUPTED;
}

static i32 sys_uptime(const u32 *a)
{
    (void)a;
    u64 ticks = time_now() - boot_time();
    return (i32)((u32)(ticks >> 5) /
                 (SLICE >> 5)); // no 64-bit division in this kernel: good for 2^37 ticks
}

static i32 sys_sbrk(const u32 *a)
{
    u32 end = current()->space.heap_end;
    return space_grow(&current()->space, (i32)a[0]) ? (i32)end : NO_MEMORY;
}

static i32 sys_pipe(const u32 *a)
{
    struct file *reader, *writer;
    i32 error = pipe_new(&reader, &writer);
    if (error)
        return error;
    i32 fds[2] = {descriptor_new(reader), 0};
    fds[1] = descriptor_new(writer);
    if (fds[0] >= 0 && fds[1] >= 0 && user_write(a[0], fds, sizeof fds))
        return 0;
    error = fds[0] < 0 || fds[1] < 0 ? TOO_MANY : BAD_ADDRESS;
    for (u32 i = 0; i < 2; i++)
        if (fds[i] >= 0)
            descriptor_close((u32)fds[i]);
    return error;
}

static i32 sys_dup(const u32 *a)
{
    struct file *f = descriptor(a[0]);
    return f ? descriptor_new(file_share(f)) : BAD_FILE;
}

static i32 sys_open(const u32 *a)
{
    char path[PATH_BYTES];
    struct file *f;
    i32 length = user_read_string(path, a[0], sizeof path);
    if (length < 0)
        return length == BAD_ARGUMENT ? NOT_FOUND : length;
    i32 error = file_open(path, &f);
    return error ? error : descriptor_new(f);
}

static i32 sys_close(const u32 *a)
{
    return descriptor_close(a[0]);
}

static i32 sys_read(const u32 *a)
{
    struct file *f = descriptor(a[0]);
    return f && f->ops->read ? f->ops->read(f, a[1], a[2]) : BAD_FILE;
}

static i32 sys_write(const u32 *a)
{
    struct file *f = descriptor(a[0]);
    return f && f->ops->write ? f->ops->write(f, a[1], a[2]) : BAD_FILE;
}

static i32 sys_list(const u32 *a)
{
    struct volume_entry entry;
    struct file_info info = {0};
    if (!volume_entry_at(a[0], &entry))
        return NOT_FOUND;
    text_copy(info.name, entry.name, sizeof info.name);
    info.bytes = entry.bytes;
    return user_write(a[1], &info, sizeof info) ? 0 : BAD_ADDRESS;
}

static i32 sys_status(const u32 *a)
{
    if (a[0] >= PROCESSES)
        return NOT_FOUND;
    const struct process *p = process_slot(a[0]);
    struct process_info info = {0};
    if (p->state != PROCESS_FREE && p->pid != 0) {
        info = (struct process_info){
            p->pid, p->parent ? p->parent->pid : 0, p->state, p->space.pages, p->preempted, {0}};
        text_copy(info.name, p->name, sizeof info.name);
    }
    return user_write(a[1], &info, sizeof info) ? 0 : BAD_ADDRESS;
}

static i32 sys_micro(const u32 *a)
{
    return micro(a[0], a[1]);
}

static i32 sys_halt(const u32 *a)
{
    firmware_power_off(a[0] == 0);
}

static i32 sys_memory(const u32 *a)
{
    (void)a;
    return (i32)page_count();
}

static i32 sys_foreground(const u32 *a)
{
    console_foreground(a[0]);
    return 0;
}

static i32 (*const calls[])(const u32 *a) = {
#define SYSCALL(number, name, about) [number] = sys_##name,
#include "scenarios/guests/kite/syscalls.def"
#undef SYSCALL
};

void syscall(struct trap_frame *frame)
{
    u32 number = frame->x[REG_A7];
    bool known = number < sizeof calls / sizeof calls[0] && calls[number];
    frame->x[REG_A0] = known ? (u32)calls[number](&frame->x[REG_A0]) : (u32)NO_CALL;
}
