// timetest: the hart is taken from a process that does not give it up, and is given back
// unchanged. Sleepers sleep.
#include "scenarios/guests/kite/user/test.h"

static i32 spin(void)
{
    for (;;)
        __asm__ volatile("" ::: "memory");
}

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
        all &= wait_for(pids[i]) == 0;
    return check(all, "preemption: four spinners share the hart");
}

// This process never calls the kernel, so only a timer interrupt lets its parent run.
static bool selfish(void)
{
    i32 pid = fork();
    if (pid == 0)
        exit(spin());
    sleep(3);
    return check(kill(pid) == 0 && wait_for(pid) == WAIT_KILLED,
                 "preemption: nobody keeps the hart by not giving it up");
}

// Fills 17 registers with the seed plus their rank, 1 to 17, spins, and adds up what they hold
// less the seed. Returns 0 if every register still holds its value.
static u32 __attribute__((noinline)) registers_kept(u32 seed, u32 rounds)
{
    u32 wrong;
    __asm__ volatile(
        "mv a6, %1\n\t"
        "mv a7, %2\n\t"
        "addi t0, a6, 1\n\t addi t1, a6, 2\n\t addi t2, a6, 3\n\t addi t3, a6, 4\n\t"
        "addi t4, a6, 5\n\t addi t5, a6, 6\n\t addi t6, a6, 7\n\t addi s2, a6, 8\n\t"
        "addi s3, a6, 9\n\t addi s4, a6, 10\n\t addi s5, a6, 11\n\t addi s6, a6, 12\n\t"
        "addi s7, a6, 13\n\t addi s8, a6, 14\n\t addi s9, a6, 15\n\t addi s10, a6, 16\n\t"
        "addi s11, a6, 17\n\t"
        "1: addi a7, a7, -1\n\t"
        "bnez a7, 1b\n\t"
        "add t0, t0, t1\n\t add t0, t0, t2\n\t add t0, t0, t3\n\t add t0, t0, t4\n\t"
        "add t0, t0, t5\n\t add t0, t0, t6\n\t add t0, t0, s2\n\t add t0, t0, s3\n\t"
        "add t0, t0, s4\n\t add t0, t0, s5\n\t add t0, t0, s6\n\t add t0, t0, s7\n\t"
        "add t0, t0, s8\n\t add t0, t0, s9\n\t add t0, t0, s10\n\t add t0, t0, s11\n\t"
        "li a7, 17\n\t"
        "mul a7, a7, a6\n\t"
        "sub t0, t0, a7\n\t"
        "addi %0, t0, -153" // 1 + 2 + ... + 17
        : "=r"(wrong)
        : "r"(seed), "r"(rounds)
        : "a6", "a7", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "s2", "s3", "s4", "s5", "s6", "s7",
          "s8", "s9", "s10", "s11");
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
    i32 pids[3];
    bool all = true;
    for (u32 i = 0; i < 3; i++) {
        pids[i] = fork();
        if (pids[i] == 0)
            exit(keep_registers());
    }
    for (u32 i = 0; i < 3; i++)
        all &= wait_for(pids[i]) == 0;
    return check(all, "preemption: registers survive it");
}

// LR and SC in two processes, at the same address of different memory. A time slice may end
// between the two, and neither process may lose a count.
static i32 count(void)
{
    static u32 counter;
    u32 rounds = 0;
    while (preempted() < 4)
        for (u32 i = 0; i < 1000; i++, rounds++)
            __asm__ volatile(
                "1: lr.w t0, (%0)\n\taddi t0, t0, 1\n\tsc.w t1, t0, (%0)\n\tbnez t1, 1b" ::"r"(
                    &counter)
                : "t0", "t1", "memory");
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
    bool ok = selfish();
    i32 company = fork(); // a process that is alone is never preempted
    if (company == 0)
        exit(spin());
    ok &= spinners();
    ok &= registers();
    ok &= counters();
    kill(company);
    wait_for(company);
    ok &= sleepers();
    return ok ? 0 : FAILED;
}
