// The machine as its users see it: running, stopping, time, interrupts, devices, input, being stuck.
// Read next: tests/test_engine.c, tests/test_snapshot.c.
#include "tests/program.h"
#include "tests/suite.h"

#include <string.h>

static u32 x(struct machine *m, u32 number)
{
    return machine_hart(m, 0)->x[number];
}

enum { T0 = 5 };

static void a_run_ends_after_the_steps_asked_for(void)
{
    struct machine *m = program_machine("1: addi t0, t0, 1\n j 1b\n", NULL);
    CU_ASSERT_EQUAL(machine_run(m, 7), STOP_STEPS);
    CU_ASSERT_EQUAL(machine_steps(m), 7);
    CU_ASSERT_EQUAL(x(m, T0), 4);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->retired, 7);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->pc, BOARD_KERNEL + 4);
    machine_free(m);
}

static void collect(void *context, const struct event *e)
{
    char *text = context;
    size_t n = strlen(text);
    if (n < 63)
        text[n] = (char)e->note.value;
}

static void hello_prints_through_uart_and_firmware_and_switches_off(void)
{
    static const char text[] = " li t0, 0x10000000\n li t1, 'h'\n sb t1, 0(t0)\n"
                               " li a7, 1\n li a0, 'i'\n ecall\n" POWER_OFF_TEXT;
    char seen[64] = "";
    struct machine *m = program_machine(text, NULL);
    machine_listen(m, EVENT_BIT(EVENT_CONSOLE), collect, seen);
    CU_ASSERT_EQUAL(machine_run(m, 1000), STOP_POWER);
    CU_ASSERT_STRING_EQUAL(seen, "hi");
    CU_ASSERT_EQUAL(machine_power(m, NULL), POWER_OFF);
    CU_ASSERT_EQUAL(machine_output_count(m, 0), 2);
    CU_ASSERT_EQUAL(machine_run(m, 1000), STOP_POWER);
    machine_free(m);
}

const struct suite suite_machine = {
    "machine", (const struct test[]){
                   {"a run ends after the steps asked for", a_run_ends_after_the_steps_asked_for},
                   {"hello prints through UART and firmware and switches off", hello_prints_through_uart_and_firmware_and_switches_off},
                   {0},
               }};
