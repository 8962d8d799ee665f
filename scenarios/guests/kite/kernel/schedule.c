// Which process runs: round robin with time slices, and the timer that ends a slice. Also how
// processes wait: for a channel, which is just an address that both sides know, or until a time.
//
// There is no regular tick: a process is not interrupted while no other process waits for the
// hart. Under a VMM, and even more under a VMM in a VMM, an interrupt that finds nothing to do
// is expensive.
// Read next: scenarios/guests/kite/kernel/process.c.
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"
#include "scenarios/guests/kite/kernel/process.h"

static struct process table[PROCESSES];
static struct process *running = &table[0];
static u32 last; // the slot whose turn was the last
static u64 slice = SLICE;
static u64 slice_end; // when the slice of the running process ends
static u64 timer_at;  // the time for which the firmware was asked
static u64 started;   // the time when the kernel booted

void context_switch(struct context *from, const struct context *to);

struct process *current(void)
{
    return running;
}

struct process *process_slot(u32 index)
{
    return &table[index];
}

// Makes the slice long enough. Under a VMM whose work takes time on our clock, an interrupt could
// last longer than a slice, and then no process would ever do anything. So the time of one call of
// the firmware is measured, about a fifth of a switch of processes, and a slice is many of those.
static void slice_calibrate(void)
{
    u64 before = time_now();
    firmware_timer(timer_at = NEVER);
    u64 cost = time_now() - before;
    if (cost * 128 > slice)
        slice = cost * 128;
}

void process_init(void)
{
    started = time_now();
    slice_calibrate();
    table[0].state = PROCESS_READY;
    table[0].wake_at = NEVER;
    text_copy(table[0].name, "idle", NAME_BYTES);
}

u64 boot_time(void)
{
    return started;
}

// ---- the timer

// timer_at when its interrupt has come: the firmware must be asked for the next one, whatever it
// is.
#define FIRED 0

static bool anybody_else_ready(void)
{
    for (u32 i = 1; i < PROCESSES; i++)
        if (&table[i] != running && table[i].state == PROCESS_READY)
            return true;
    return false;
}

// The next time at which something is due: a sleeper wakes, or the slice ends and another
// process waits for the hart.
static u64 next_due(void)
{
    u64 due = running != &table[0] && anybody_else_ready() ? slice_end : NEVER;
    for (u32 i = 1; i < PROCESSES; i++)
        if (table[i].state == PROCESS_WAITING && table[i].wake_at < due)
            due = table[i].wake_at;
    return due;
}

// Asks for an interrupt at `due`. A timer that is set for an earlier time stays as it is: most
// processes give the hart up long before their slices end, and one interrupt that finds nothing
// to do costs less than a call of the firmware in each of these cases.
static void timer_arm(u64 due)
{
    if (due < timer_at || timer_at == FIRED)
        firmware_timer(timer_at = due);
}

void process_ready(struct process *p)
{
    p->state = PROCESS_READY;
    p->channel = NULL;
    p->wake_at = NEVER;
    if (running != &table[0] && timer_at != FIRED)
        timer_arm(slice_end); // this may be long ago, if the running process was alone
}

void timer_interrupt(void)
{
    u64 now = time_now();
    timer_at = FIRED;
    for (u32 i = 1; i < PROCESSES; i++)
        if (table[i].state == PROCESS_WAITING && table[i].wake_at <= now)
            process_ready(&table[i]);
    // The interrupt may have come for a sleeper, before the slice is over.
    if (running != &table[0] && now >= slice_end && anybody_else_ready()) {
        running->preempted++;
        schedule();
    } else {
        timer_arm(next_due());
    }
}

// ---- turns

static struct process *next_ready(void)
{
    // The search starts behind the last one that ran, so everybody has a turn before it.
    for (u32 i = 1; i <= PROCESSES; i++) {
        u32 slot = (last + i) % PROCESSES;
        if (slot != 0 && table[slot].state == PROCESS_READY) {
            last = slot;
            return &table[slot];
        }
    }
    return &table[0];
}

void schedule(void)
{
    struct process *from = running, *to = next_ready();
    running = to;
    slice_end = time_now() + slice;
    timer_arm(next_due());
    if (to == from)
        return;
    space_enter(to->space.root ? &to->space : NULL);
    // This returns when another process switches back to `from`.
    context_switch(&from->context, &to->context);
}

// ---- waiting

static void wait(const void *channel, u64 time, bool firmly)
{
    running->channel = channel;
    running->wake_at = time;
    running->firmly = firmly;
    running->state = PROCESS_WAITING;
    schedule();
}

bool wait_on(const void *channel)
{
    if (!running->killed)
        wait(channel, NEVER, false);
    return !running->killed;
}

void wait_firmly(const void *channel)
{
    wait(channel, NEVER, true);
}

bool wait_until(u64 time)
{
    if (!running->killed)
        wait(NULL, time, false);
    return !running->killed;
}

void wake(const void *channel)
{
    for (u32 i = 1; i < PROCESSES; i++)
        if (table[i].state == PROCESS_WAITING && table[i].channel == channel && channel)
            process_ready(&table[i]);
}

// A killed process ends itself on its way back to user mode. If it waits, it is woken for that.
static void kill(struct process *p)
{
    p->killed = true;
    if (p->state == PROCESS_WAITING && !p->firmly)
        process_ready(p);
}

static bool alive(const struct process *p)
{
    return p->state == PROCESS_READY || p->state == PROCESS_WAITING;
}

i32 process_kill(u32 pid)
{
    for (u32 i = 1; i < PROCESSES; i++)
        if (alive(&table[i]) && table[i].pid == pid) {
            kill(&table[i]);
            return 0;
        }
    return NOT_FOUND;
}

void process_kill_from(u32 pid)
{
    for (u32 i = 1; i < PROCESSES; i++)
        if (alive(&table[i]) && table[i].pid >= pid)
            kill(&table[i]);
}
