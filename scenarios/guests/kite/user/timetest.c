// timetest: the hart is taken from who does not give it up, and given back unchanged; sleepers sleep.
#include "scenarios/guests/kite/user/test.h"

static u32 preempted(void)
{
    struct process_info info;
    i32 me = getpid();
    for (u32 i = 0; status(i, &info) == 0; i++)
        if (info.pid == (u32)me)
            return info.preempted;
    return 0;
}

static i32 spin_three_slices(void)
{
    while (preempted() < 3)
        for (volatile u32 i = 0; i < 5000; i++)
            ;
    return 0;
}

static bool spinners(void)
{
    i32 pids[4];
    bool all = true;
    for (u32 i = 0; i < 4; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            exit(spin_three_slices());
    }
    for (u32 i = 0; i < 4; i++)
        all &= wait(NULL) > 0;
    return check(all, "preemption: four spinners share the hart");
}

// Never calls the kernel, so only a timer interrupt lets its parent run.
static bool selfish(void)
{
    i32 pid = fork();
    if (pid == 0)
        for (;;)
            __asm__ volatile("" ::: "memory");
    sleep(3);
    return check(kill(pid) == 0 && wait_for(pid) == WAIT_KILLED, "preemption: nobody keeps the hart by not giving it up");
}

// Fills registers with values that depend on `seed`, spins, and looks whether they still hold them. 0: they do.
static u32 __attribute__((noinline)) registers_kept(u32 seed, u32 rounds)
{
    u32 wrong;
    __asm__ volatile("mv a6, %1\n\tmv a7, %2\n\t"
                     "addi t0, a6, 1\n\taddi t1, a6, 2\n\taddi t2, a6, 3\n\taddi t3, a6, 4\n\taddi t4, a6, 5\n\taddi t5, a6, 6\n\t"
                     "addi t6, a6, 7\n\taddi s2, a6, 8\n\taddi s3, a6, 9\n\taddi s4, a6, 10\n\taddi s5, a6, 11\n\taddi s6, a6, 12\n\t"
                     "addi s7, a6, 13\n\taddi s8, a6, 14\n\taddi s9, a6, 15\n\taddi s10, a6, 16\n\taddi s11, a6, 17\n\t"
                     "1: addi a7, a7, -1\n\tbnez a7, 1b\n\t"
                     "sub t0, t0, a6\n\tsub t1, t1, a6\n\tsub t2, t2, a6\n\tsub t3, t3, a6\n\tsub t4, t4, a6\n\tsub t5, t5, a6\n\t"
                     "sub t6, t6, a6\n\tsub s2, s2, a6\n\tsub s3, s3, a6\n\tsub s4, s4, a6\n\tsub s5, s5, a6\n\tsub s6, s6, a6\n\t"
                     "sub s7, s7, a6\n\tsub s8, s8, a6\n\tsub s9, s9, a6\n\tsub s10, s10, a6\n\tsub s11, s11, a6\n\t"
                     "add t0, t0, t1\n\tadd t0, t0, t2\n\tadd t0, t0, t3\n\tadd t0, t0, t4\n\tadd t0, t0, t5\n\tadd t0, t0, t6\n\t"
                     "add t0, t0, s2\n\tadd t0, t0, s3\n\tadd t0, t0, s4\n\tadd t0, t0, s5\n\tadd t0, t0, s6\n\tadd t0, t0, s7\n\t"
                     "add t0, t0, s8\n\tadd t0, t0, s9\n\tadd t0, t0, s10\n\tadd t0, t0, s11\n\taddi %0, t0, -153"
                     : "=r"(wrong)
                     : "r"(seed), "r"(rounds)
                     : "a6", "a7", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11");
    return wrong;
}

static i32 keep_registers(void)
{
    u32 wrong = 0;
    while (preempted() < 4)
        wrong |= registers_kept((u32)getpid() * 1000, 9000);
    return wrong != 0;
}

static bool registers(void)
{
    i32 status, pids = 0;
    bool all = true;
    for (u32 i = 0; i < 3; i++)
        if (fork() == 0)
            exit(keep_registers());
    for (; wait(&status) > 0; pids++)
        all &= status == 0;
    return check(all && pids == 3, "preemption: registers survive it");
}

// LR and SC in two processes, at the same address of different memory: a slice may end in between, and neither may lose a count.
static i32 count(void)
{
    static u32 counter;
    u32 rounds = 0;
    while (preempted() < 4)
        for (u32 i = 0; i < 1000; i++, rounds++)
            __asm__ volatile("1: lr.w t0, (%0)\n\taddi t0, t0, 1\n\tsc.w t1, t0, (%0)\n\tbnez t1, 1b" ::"r"(&counter) : "t0", "t1", "memory");
    return counter != rounds;
}

static bool counters(void)
{
    i32 first = fork();
    if (first == 0)
        exit(count());
    i32 second = fork();
    if (second == 0)
        exit(count());
    i32 status = 0, ok = 0;
    for (u32 i = 0; i < 2; i++)
        ok += wait(&status) > 0 && status == 0;
    return check(ok == 2, "preemption: LR and SC around it add up");
}

static bool sleepers(void)
{
    i32 before = uptime();
    sleep(4);
    i32 slept = uptime() - before;
    bool ok = check(slept >= 4, "sleep: lasts at least as long as it says");
    before = uptime();
    for (u32 i = 0; i < 3; i++)
        if (fork() == 0)
            exit(sleep(5 + i));
    for (u32 i = 0; i < 3; i++)
        wait(NULL);
    return ok & check(uptime() - before >= 7, "sleep: several at a time");
}

int main(void)
{
    bool ok = spinners();
    ok &= selfish();
    ok &= registers();
    ok &= counters();
    ok &= sleepers();
    return ok ? 0 : FAILED;
}
