// Several harts of one machine: their turns, how they wake each other, reservations and fences.
#include "tests/program.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

enum { S0 = 8, S1 = 9, A0 = 10, A1 = 11 };

static u32 x(struct machine *m, u32 number)
{
    return machine_hart(m, 0)->x[number];
}

// Hart 0 starts hart 1 at `second` with a1 = 77.
#define START_SECOND " li a7, 0x48534d\n li a6, 0\n li a0, 1\n la a1, second\n li a2, 77\n ecall\n"

static void harts_run_in_turns_of_a_thousand_steps(void)
{
    struct machine *m =
        program_harts(START_SECOND "1: addi s0, s0, 1\n j 1b\n second: addi s0, s0, 1\n j second\n",
                      2, CLOCK_VIRTUAL);
    machine_run(m, 999);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->retired, 0);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->run, HART_RUNNING);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->x[A0], 1);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->x[A1], 77);
    machine_run(m, 501);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->retired, 1000);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->retired, 500);
    machine_run(m, 1500);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->retired, 2000);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->retired, 1000);
    machine_free(m);
}

static void an_ipi_wakes_another_hart(void)
{
    struct machine *m = program_harts(
        START_SECOND " li t0, 2000\n 1: addi t0, t0, -1\n bnez t0, 1b\n"
                     " li a7, 0x735049\n li a6, 0\n li a0, 2\n li a1, 0\n ecall\n wfi\n"
                     "second: csrwi sie, 2\n wfi\n li s0, 5\n j .\n",
        2, CLOCK_VIRTUAL);
    machine_run(m, 6000);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->x[S0], 5);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->sip, IP_SSIP);
    machine_free(m);
}

static void another_harts_turn_ends_a_reservation(void)
{
    // lr.w, then 999 steps and more before sc.w.
    static const char text[] =
        " la s0, word\n lr.w t0, (s0)\n li t0, 500\n 1: addi t0, t0, -1\n bnez t0, 1b\n"
        " sc.w s1, t0, (s0)\n j .\n second: j .\n word: .word 0\n";
    struct machine *m = program_harts(text, 1, CLOCK_VIRTUAL);
    machine_run(m, 1100);
    CU_ASSERT_EQUAL(x(m, S1), 0);
    machine_free(m);
    m = program_harts(text, 2, CLOCK_VIRTUAL); // the second hart is stopped: it has no turn
    machine_run(m, 1100);
    CU_ASSERT_EQUAL(x(m, S1), 0);
    machine_free(m);
    char started[512];
    snprintf(started, sizeof started, "%s%s", START_SECOND, text);
    m = program_harts(started, 2, CLOCK_VIRTUAL);
    machine_run(m, 2200);
    CU_ASSERT_EQUAL(x(m, S1), 1);
    machine_free(m);
    // The second hart sleeps when the turn of the first one ends, so it has no turn.
    char asleep[512];
    snprintf(asleep, sizeof asleep, "%s li t0, 600\n 0: addi t0, t0, -1\n bnez t0, 0b\n%s wfi\n",
             START_SECOND, text);
    strcpy(strstr(asleep, "second: j ."), "second: wfi\n word: .word 0\n");
    m = program_harts(asleep, 2, CLOCK_VIRTUAL);
    machine_run(m, 4000);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->run, HART_PARKED);
    CU_ASSERT_EQUAL(x(m, S1), 0);
    machine_free(m);
}

static void dma_ends_a_reservation(void)
{
    // DBCN read: the firmware writes the byte to memory, elsewhere.
    static const char text[] = " la s0, word\n lr.w t0, (s0)\n li a7, 0x4442434e\n li a6, 1\n li "
                               "a0, 1\n la a1, byte\n li a2, 0\n ecall\n"
                               " sc.w s1, t0, (s0)\n j .\n word: .word 0\n byte: .word 0\n";
    struct machine *m = program_machine(text, NULL);
    machine_run(m, 20);
    CU_ASSERT_EQUAL(x(m, S1), 0); // nothing was there to read, nothing was written
    machine_free(m);
    m = program_machine(text, NULL);
    machine_input(m, 0, "k", 1);
    machine_run(m, 20);
    CU_ASSERT_EQUAL(x(m, S1), 1);
    machine_free(m);
}

static void a_remote_fence_is_done_when_the_call_returns(void)
{
    // Hart 1 reads through its TLB; hart 0 fences it without its doing.
    static const char text[] = START_SECOND
        " li t0, 2000\n 1: addi t0, t0, -1\n bnez t0, 1b\n"
        " li a7, 0x52464e43\n li a6, 1\n li a0, 2\n li a1, 0\n li a2, 0x5000\n li a3, 0x1000\n "
        "ecall\n j .\n"
        "second: li t0, 0x80080001\n csrw satp, t0\n li t0, 0x5000\n 1: lw s0, (t0)\n j 1b\n";
    struct machine *m = program_harts(text, 2, CLOCK_VIRTUAL);
    u32 flags = 0xcf, table = 0x80002000, word;
    machine_write(m, 0x80001000, &(u32){table >> 2 | 1}, 4);
    machine_write(m, 0x80001000 + 4 * 0x201, &(u32){0x80400000u >> 2 | flags}, 4);
    machine_write(m, table + 4 * 5, &(u32){0x80010000u >> 2 | flags}, 4);
    machine_write(m, 0x80010000, &(u32){1}, 4);
    machine_write(m, 0x80011000, &(u32){2}, 4);
    machine_run(m, 2000);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->x[S0], 1);
    machine_write(m, table + 4 * 5, &(u32){0x80011000u >> 2 | flags}, 4);
    machine_run(m, 2000);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->x[S0], 1);
    machine_run(m, 8000);
    CU_ASSERT_EQUAL(machine_hart(m, 1)->x[S0], 2);
    machine_read(m, 0x80011000, &word, 4);
    CU_ASSERT_EQUAL(word, 2);
    machine_free(m);
}

const struct suite suite_harts = {
    "harts", (const struct test[]){
                 {"harts run in turns of a thousand steps", harts_run_in_turns_of_a_thousand_steps},
                 {"an IPI wakes another hart", an_ipi_wakes_another_hart},
                 {"another hart's turn ends a reservation", another_harts_turn_ends_a_reservation},
                 {"DMA ends a reservation", dma_ends_a_reservation},
                 {"a remote fence is done when the call returns",
                  a_remote_fence_is_done_when_the_call_returns},
                 {0},
             }};
