// Who runs: round robin with a time slice, and the timer that ends it. Also how processes wait: on
// a channel, which is just an address that both sides know, or until a time.
//
// There is no regular tick: a process that nobody waits behind is not interrupted. Under a VMM, and
// more so under a VMM in a VMM, an interrupt that finds nothing to do is dear.
#include "scenarios/guests/kite/kernel/csr.h"
#include "scenarios/guests/kite/kernel/kernel.h"
#include "scenarios/guests/kite/kernel/process.h"

static struct process table[PROCESSES];
static struct process *running = &table[0];
static u32 last; // the slot that had the last turn
static u64 slice = SLICE;
static u64 slice_end; // of the running process
static u64 timer_at;  // what the firmware was told
static u64 started;   // the time at boot

void context_switch(struct context *from, const struct context *to);

struct process *current(void)
{
    return running;
}

struct process *process_slot(u32 index)
{
    return &table[index];
}

// Where the clock goes on while a VMM works for us, an interrupt could take longer than a slice,
// and then nobody would ever come to do anything. Setting the timer is about a fifth of a change of
// processes.
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

#define FIRED \
    0 // timer_at, once its interrupt has come: whatever is due next, the firmware must be told

static bool anybody_else_ready(void)
{
    for (u32 i = 1; i < PROCESSES; i++)
        if (&table[i] != running && table[i].state == PROCESS_READY)
            return true;
    return false;
}

// The next moment at which something is due: a sleeper, or the end of the slice if somebody waits
// for it.
static u64 next_due(void)
{
    u64 due = running != &table[0] && anybody_else_ready() ? slice_end : NEVER;
    for (u32 i = 1; i < PROCESSES; i++)
        if (table[i].state == PROCESS_WAITING && table[i].wake_at < due)
            due = table[i].wake_at;
    return due;
}

// A timer that is set too early is left so: most processes give the hart up long before their
// slices end, and one interrupt for nothing costs less than a call of the firmware for each of
// them.
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
        timer_arm(slice_end); // that of a process which has long been alone is over
}

void timer_interrupt(void)
{
    u64 now = time_now();
    timer_at = FIRED;
    for (u32 i = 1; i < PROCESSES; i++)
        if (table[i].state == PROCESS_WAITING && table[i].wake_at <= now)
            process_ready(&table[i]);
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
