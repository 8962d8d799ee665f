// The machine as its users see it: running and stopping, time and interrupts, input, power, being
// stuck, events.
// Read next: tests/test_views.c.
#include "tests/program.h"
#include "tests/suite.h"

#include <string.h>

enum { T0 = 5, T1 = 6, T2 = 7, S0 = 8, S1 = 9, A0 = 10, A1 = 11 };

static u32 x(struct machine *m, u32 number)
{
    return machine_hart(m, 0)->x[number];
}

// ---- configuration

static void a_configuration_out_of_range_is_refused_with_a_message(void)
{
    static const struct {
        u32 ram, harts;
    } rows[] = {{0, 1},          {0x8000, 1},   {0x00100001, 1},
                {0x80001000, 1}, {1u << 20, 0}, {1u << 20, 9}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct machine_config config = machine_config_default();
        char error[160] = "";
        config.ram = rows[i].ram;
        config.harts = rows[i].harts;
        CU_ASSERT_PTR_NULL(machine_new(&config, error, sizeof error));
        CU_ASSERT(strlen(error) > 10);
    }
}

static void two_gibibytes_of_ram_cost_only_what_is_touched(void)
{
    struct machine_config config = machine_config_default();
    char error[160];
    u32 word = 7;
    config.ram = BOARD_RAM_MAX;
    struct machine *m = machine_new(&config, error, sizeof error);
    CU_ASSERT_PTR_NOT_NULL_FATAL(m);
    CU_ASSERT(machine_write(m, 0xfffffffc, &word, 4));
    CU_ASSERT_FALSE(machine_write(m, 0xfffffffd, &word, 4));
    CU_ASSERT(machine_page_used(m, 0xfffff000));
    CU_ASSERT_FALSE(machine_page_used(m, 0xffffe000));
    machine_free(m);
}

// ---- running and stopping

static void a_run_ends_after_the_steps_asked_for(void)
{
    struct machine *m = program_machine("1: addi t0, t0, 1\n j 1b\n", NULL);
    CU_ASSERT_EQUAL(machine_run(m, 7), STOP_STEPS);
    CU_ASSERT_EQUAL(machine_steps(m), 7);
    CU_ASSERT_EQUAL(x(m, T0), 4);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->retired, 7);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->pc, BOARD_KERNEL + 4);
    CU_ASSERT_EQUAL(machine_run(m, 0), STOP_STEPS);
    CU_ASSERT_EQUAL(machine_steps(m), 7);
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

static void power_off_leaves_pc_at_the_instruction_which_is_not_counted(void)
{
    struct machine *m = program_machine("nop\n nop\n" POWER_OFF_TEXT, NULL);
    machine_run(m, 100);
    u64 before = machine_hart(m, 0)->retired;
    u32 word;
    machine_read(m, machine_hart(m, 0)->pc, &word, 4);
    CU_ASSERT_EQUAL(word, 0x73);
    CU_ASSERT_EQUAL(machine_steps(m), before + 1);
    machine_free(m);
    m = program_machine("li t0, 0x100000\n li t1, 0x73333\n sw t1, (t0)\n nop\n", NULL);
    u32 code;
    CU_ASSERT_EQUAL(machine_run(m, 100), STOP_POWER);
    CU_ASSERT_EQUAL(machine_power(m, &code), POWER_FAILED);
    CU_ASSERT_EQUAL(code, 7);
    machine_read(m, machine_hart(m, 0)->pc, &word, 4);
    CU_ASSERT_EQUAL(isa_decode(word, false).insn, INSN_sw);
    machine_free(m);
}

static void stop_at_third(void *context, const struct event *e)
{
    if (e->note.value == '3')
        machine_stop(context);
}

static void a_listener_can_stop_the_run_when_the_step_is_over(void)
{
    struct machine *m = program_machine(
        "li t0, 0x10000000\n li t1, '1'\n put: sb t1, (t0)\n addi t1, t1, 1\n j put\n", NULL);
    machine_listen(m, EVENT_BIT(EVENT_CONSOLE), stop_at_third, m);
    CU_ASSERT_EQUAL(machine_run(m, 1000), STOP_ASKED);
    CU_ASSERT_EQUAL(machine_output_count(m, 0), 3);
    CU_ASSERT_EQUAL(x(m, T1), '3');
    CU_ASSERT_EQUAL(machine_hart(m, 0)->pc, program_label("put") + 4);
    CU_ASSERT_EQUAL(machine_run(m, 1), STOP_STEPS);
    CU_ASSERT_EQUAL(x(m, T1), '4');
    machine_free(m);
}

// ---- being stuck

static void waiting_for_nothing_is_named(void)
{
    struct machine *m = program_machine("nop\n wfi\n nop\n", NULL);
    u32 pc;
    CU_ASSERT_EQUAL(machine_run(m, 100), STOP_STUCK);
    CU_ASSERT_EQUAL(machine_stuck(m, &pc), STUCK_WFI);
    CU_ASSERT_EQUAL(pc, BOARD_KERNEL + 8);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->retired, 2);
    machine_free(m);
}

static void waiting_with_a_timer_that_is_not_enabled_is_waiting_for_nothing(void)
{
    struct machine *m = program_machine(
        "li a7, 0x54494d45\n li a6, 0\n li a0, 1000\n li a1, 0\n ecall\n wfi\n", NULL);
    CU_ASSERT_EQUAL(machine_run(m, 100), STOP_STUCK);
    CU_ASSERT_EQUAL(machine_stuck(m, NULL), STUCK_WFI);
    machine_free(m);
}

static void a_handler_that_cannot_be_fetched_is_a_storm(void)
{
    struct machine *m = program_machine("csrw stvec, x0\n ebreak\n", NULL);
    u32 pc;
    CU_ASSERT_EQUAL(machine_run(m, 1000000), STOP_STUCK);
    CU_ASSERT_EQUAL(machine_stuck(m, &pc), STUCK_STORM);
    CU_ASSERT_EQUAL(pc, 0);
    CU_ASSERT(machine_steps(m) < 10);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->scause, CAUSE_FETCH_ACCESS);
    machine_free(m);
}

static void a_handler_that_faults_at_its_first_word_is_a_storm(void)
{
    struct machine *m = program_machine("la t0, h\n csrw stvec, t0\n ebreak\n h: .word 0\n", NULL);
    CU_ASSERT_EQUAL(machine_run(m, 1000000), STOP_STUCK);
    CU_ASSERT_EQUAL(machine_stuck(m, NULL), STUCK_STORM);
    machine_free(m);
}

static void stopping_every_hart_is_named(void)
{
    struct machine *m = program_machine("li a7, 0x48534d\n li a6, 1\n ecall\n nop\n", NULL);
    CU_ASSERT_EQUAL(machine_run(m, 100), STOP_STUCK);
    CU_ASSERT_EQUAL(machine_stuck(m, NULL), STUCK_HALT);
    machine_free(m);
}

static void a_loop_is_not_stuck(void)
{
    struct machine *m = program_machine("j .\n", NULL);
    CU_ASSERT_EQUAL(machine_run(m, 10000), STOP_STEPS);
    machine_free(m);
}

// ---- time

// Asks the firmware for an interrupt at time s0; the handler keeps time in s1 and loops.
#define TIMER_PROGRAM                                                                           \
    " la t0, handler\n csrw stvec, t0\n li t0, 0x20\n csrw sie, t0\n csrw stimecmp, s0\n csrw " \
    "stimecmph, x0\n"                                                                           \
    " csrsi sstatus, 2\n"

static void wfi_retires_and_time_jumps_to_the_deadline(void)
{
    struct machine *m = program_machine(
        TIMER_PROGRAM "wait: wfi\n j .\n .align 2\n handler: csrr s1, time\n j .\n", NULL);
    struct hart_state *h = machine_hart(m, 0);
    h->x[S0] = 5000;
    machine_run(m, 12);
    CU_ASSERT_EQUAL(h->scause, CAUSE_TIMER);
    CU_ASSERT_EQUAL(h->sepc, program_label("wait") + 4);
    CU_ASSERT_EQUAL(h->x[S1], 5000);
    CU_ASSERT_EQUAL(hart_time(h), h->retired + h->idle);
    CU_ASSERT(h->retired < 20);
    machine_free(m);
}

static void the_timer_interrupts_before_the_very_instruction(void)
{
    // Twenty-odd places for the deadline: the interrupted pc moves on by one instruction each.
    for (u32 deadline = 9; deadline < 30; deadline++) {
        struct machine *m = program_machine(
            TIMER_PROGRAM "start: .space 200, 0x13\n .align 2\n handler: j .\n", NULL);
        for (u32 i = 0; i < 50; i++)
            machine_write(m, program_label("start") + 4 * i, &(u32){0x13}, 4);
        struct hart_state *h = machine_hart(m, 0);
        h->x[S0] = deadline;
        machine_run(m, 60);
        CU_ASSERT_EQUAL(h->scause, CAUSE_TIMER);
        CU_ASSERT_EQUAL(h->sepc, BOARD_KERNEL + 4 * deadline);
        machine_free(m);
    }
}

static void an_interrupt_goes_ahead_of_the_instructions_own_fault(void)
{
    struct machine *m =
        program_machine(TIMER_PROGRAM "nop\n bad: .word 0\n .align 2\n handler: j .\n", NULL);
    struct hart_state *h = machine_hart(m, 0);
    h->x[S0] =
        (program_label("bad") - BOARD_KERNEL) / 4; // one tick an instruction, all of them one word
    machine_run(m, 12);
    CU_ASSERT_EQUAL(h->scause, CAUSE_TIMER);
    CU_ASSERT_EQUAL(h->sepc, program_label("bad"));
    machine_free(m);
}

static void an_interrupt_that_a_csr_write_enables_comes_next(void)
{
    struct machine *m = program_machine(
        " la t0, h\n csrw stvec, t0\n csrwi sip, 2\n csrwi sie, 2\n csrsi sstatus, 2\n"
        "next: nop\n nop\n .align 2\n h: j .\n",
        NULL);
    machine_run(m, 9);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->scause, CAUSE_SOFTWARE);
    CU_ASSERT_EQUAL(machine_hart(m, 0)->sepc, program_label("next"));
    machine_free(m);
}

static void counters_do_not_count_the_instruction_that_reads_them(void)
{
    struct machine *m =
        program_machine("csrr s0, instret\n csrr s1, time\n csrr t0, cycle\n", NULL);
    machine_run(m, 3);
    CU_ASSERT_EQUAL(x(m, S0), 0);
    CU_ASSERT_EQUAL(x(m, S1), 1);
    CU_ASSERT_EQUAL(x(m, T0), 2);
    machine_free(m);
}

static void traps_take_time_under_the_wall_clock_only(void)
{
    static const char text[] =
        " la t0, h\n csrw stvec, t0\n ebreak\n .align 2\n h: csrr s0, time\n j .\n";
    struct machine *m = program_harts(text, 1, CLOCK_VIRTUAL);
    machine_run(m, 5);
    CU_ASSERT_EQUAL(x(m, S0), 3);
    CU_ASSERT_EQUAL(machine_cycles(m), 4 + costs_default.trap);
    machine_free(m);
    m = program_harts(text, 1, CLOCK_WALL);
    machine_run(m, 5);
    CU_ASSERT_EQUAL(x(m, S0), 3 + costs_default.trap);
    CU_ASSERT_EQUAL(machine_cycles(m), 4 + costs_default.trap);
    machine_free(m);
}

// ---- input

// Enables the UART's receive interrupt through the PLIC (source 10, context 1), waits, and keeps
// what came in s1.
#define LISTENER                                                                                   \
    " la t0, h\n csrw stvec, t0\n li t0, 0x0c000028\n li t1, 1\n sw t1, (t0)\n li t0, "            \
    "0x0c002080\n li t1, 0x400\n"                                                                  \
    " sw t1, (t0)\n li t0, 0x10000000\n li t1, 1\n sb t1, 1(t0)\n li t1, 0x200\n csrw sie, t1\n "  \
    "csrsi sstatus, 2\n"                                                                           \
    "loop: wfi\n j loop\n .align 2\n"                                                              \
    "h: li t2, 0x0c201004\n lw t3, (t2)\n lbu t1, (t0)\n slli s1, s1, 8\n or s1, s1, t1\n sw t3, " \
    "(t2)\n sret\n"

static void input_wakes_a_kernel_that_waits_for_the_uart(void)
{
    struct machine *m = program_machine(LISTENER, NULL);
    machine_input_interactive(m, true);
    CU_ASSERT_EQUAL(machine_run(m, 1000), STOP_INPUT);
    CU_ASSERT(machine_input(m, 0, "a", 1));
    CU_ASSERT_EQUAL(machine_run(m, 1000), STOP_INPUT);
    CU_ASSERT_EQUAL(x(m, S1), 'a');
    CU_ASSERT(machine_input(m, 0, "bc", 2));
    CU_ASSERT_EQUAL(machine_run(m, 1000), STOP_INPUT);
    CU_ASSERT_EQUAL(x(m, S1), 'a' << 16 | 'b' << 8 | 'c');
    machine_input_interactive(m, false);
    CU_ASSERT_EQUAL(machine_run(m, 1000), STOP_STUCK);
    CU_ASSERT_EQUAL(machine_stuck(m, NULL), STUCK_WFI);
    machine_free(m);
}

static void input_that_is_there_from_the_start_is_always_ready(void)
{
    struct machine *m = program_machine(LISTENER, NULL);
    machine_input(m, 0, "xyz", 3);
    CU_ASSERT_EQUAL(machine_run(m, 1000), STOP_STUCK);
    CU_ASSERT_EQUAL(x(m, S1), 'x' << 16 | 'y' << 8 | 'z');
    machine_free(m);
}

static void units_are_separate_and_out_of_range_is_refused(void)
{
    struct machine *m = program_machine("j .\n", NULL);
    CU_ASSERT(machine_input(m, 3, "q", 1));
    CU_ASSERT_FALSE(machine_input(m, 4096, "q", 1));
    CU_ASSERT_EQUAL(machine_input_next(m, 2), -1);
    CU_ASSERT_EQUAL(machine_input_next(m, 3), 'q');
    CU_ASSERT_EQUAL(machine_input_next(m, 3), -1);
    CU_ASSERT_EQUAL(machine_input_next(m, 5000), -1);
    machine_output(m, 3, 'x');
    CU_ASSERT_EQUAL(machine_output_count(m, 3), 1);
    CU_ASSERT_EQUAL(machine_output_count(m, 0), 0);
    machine_free(m);
}

static void a_disk_keeps_sectors(void)
{
    struct machine *m = program_machine("j .\n", NULL);
    char error[160];
    u8 bytes[1000], sector[512];
    memset(bytes, 0x5a, sizeof bytes);
    CU_ASSERT_EQUAL(machine_disk_sectors(m, 1), 0);
    CU_ASSERT(machine_disk_attach(m, 1, bytes, sizeof bytes, error, sizeof error));
    CU_ASSERT_EQUAL(machine_disk_sectors(m, 1), 2);
    CU_ASSERT(machine_disk_read(m, 1, 1, sector));
    CU_ASSERT_EQUAL(sector[487], 0x5a);
    CU_ASSERT_EQUAL(sector[488], 0);
    CU_ASSERT_FALSE(machine_disk_read(m, 1, 2, sector));
    CU_ASSERT_FALSE(machine_disk_write(m, 1, UINT64_MAX, sector));
    CU_ASSERT(machine_disk_write(m, 1, 0, sector));
    CU_ASSERT_FALSE(machine_disk_attach(m, 1, bytes, 1ull << 40, error, sizeof error));
    CU_ASSERT_EQUAL(machine_disk_sectors(m, 1), 2);
    machine_free(m);
}

// ---- events

static void kinds_and_paths_have_names(void)
{
    for (int kind = 0; kind < EVENT_KINDS; kind++)
        CU_ASSERT_EQUAL(event_kind_find(event_kind_name((unsigned)kind)), kind);
    CU_ASSERT_EQUAL(event_kind_find("nothing"), -1);
    CU_ASSERT_PTR_NOT_NULL(event_kind_name(999));
    char text[40];
    struct vm_path path = {{1, 2, 65535}};
    CU_ASSERT_STRING_EQUAL(vm_path_print(&path, text, sizeof text), "g1.2.65535");
    CU_ASSERT_STRING_EQUAL(vm_path_print(&(struct vm_path){0}, text, sizeof text), "m");
    CU_ASSERT_EQUAL(vm_path_length(&path), 3);
    CU_ASSERT_STRING_EQUAL(vm_path_print(&path, text, 4), "g1.");
}

static struct event last;
static u32 told;

static void remember(void *context, const struct event *e)
{
    (void)context;
    last = *e;
    told++;
}

static void a_trap_is_told_with_its_pc_cause_and_word(void)
{
    struct machine *m = program_machine("nop\n csrr a0, 0x300\n", NULL);
    told = 0;
    int id = machine_listen(m, EVENT_BIT(EVENT_TRAP), remember, NULL);
    machine_run(m, 2);
    CU_ASSERT_EQUAL(told, 1);
    CU_ASSERT_EQUAL(last.note.kind, EVENT_TRAP);
    CU_ASSERT_EQUAL(last.note.mode, MODE_K);
    CU_ASSERT_EQUAL(last.note.pc, BOARD_KERNEL + 4);
    CU_ASSERT_EQUAL(last.note.cause, CAUSE_ILLEGAL);
    CU_ASSERT_EQUAL(last.note.insn, 0x30002573);
    CU_ASSERT_EQUAL(last.note.addr, 0x30002573);
    CU_ASSERT_EQUAL(last.retired, 1);
    CU_ASSERT_EQUAL(last.steps, 2);
    CU_ASSERT_EQUAL(last.cost, costs_default.trap);
    CU_ASSERT_EQUAL(last.cycle, 1 + costs_default.trap);
    machine_unlisten(m, id);
    CU_ASSERT_FALSE(machine_listened(m, EVENT_TRAP));
    machine_run(m, 1);
    CU_ASSERT_EQUAL(told, 1);
    machine_free(m);
}

static void there_is_room_for_sixteen_listeners(void)
{
    struct machine *m = program_machine("ebreak\n", NULL);
    told = 0;
    for (int i = 0; i < 16; i++)
        CU_ASSERT_EQUAL(machine_listen(m, EVENT_BIT(EVENT_TRAP), remember, NULL), i);
    CU_ASSERT_EQUAL(machine_listen(m, EVENT_BIT(EVENT_TRAP), remember, NULL), -1);
    machine_run(m, 1);
    CU_ASSERT_EQUAL(told, 16);
    machine_unlisten(m, 5);
    machine_unlisten(m, 99);
    CU_ASSERT_EQUAL(machine_listen(m, EVENT_BIT(EVENT_TRAP), remember, NULL), 5);
    machine_free(m);
}

const struct suite suite_machine = {
    "machine",
    (const struct test[]){
        {"a configuration out of range is refused with a message",
         a_configuration_out_of_range_is_refused_with_a_message},
        {"two gibibytes of RAM cost only what is touched",
         two_gibibytes_of_ram_cost_only_what_is_touched},
        {"a run ends after the steps asked for", a_run_ends_after_the_steps_asked_for},
        {"hello prints through UART and firmware and switches off",
         hello_prints_through_uart_and_firmware_and_switches_off},
        {"power-off leaves pc at the instruction, which is not counted",
         power_off_leaves_pc_at_the_instruction_which_is_not_counted},
        {"a listener can stop the run when the step is over",
         a_listener_can_stop_the_run_when_the_step_is_over},
        {"waiting for nothing is named", waiting_for_nothing_is_named},
        {"waiting with a timer that is not enabled is waiting for nothing",
         waiting_with_a_timer_that_is_not_enabled_is_waiting_for_nothing},
        {"a handler that cannot be fetched is a storm",
         a_handler_that_cannot_be_fetched_is_a_storm},
        {"a handler that faults at its first word is a storm",
         a_handler_that_faults_at_its_first_word_is_a_storm},
        {"stopping every hart is named", stopping_every_hart_is_named},
        {"a loop is not stuck", a_loop_is_not_stuck},
        {"wfi retires and time jumps to the deadline", wfi_retires_and_time_jumps_to_the_deadline},
        {"the timer interrupts before the very instruction",
         the_timer_interrupts_before_the_very_instruction},
        {"an interrupt goes ahead of the instruction's own fault",
         an_interrupt_goes_ahead_of_the_instructions_own_fault},
        {"an interrupt that a CSR write enables comes next",
         an_interrupt_that_a_csr_write_enables_comes_next},
        {"counters do not count the instruction that reads them",
         counters_do_not_count_the_instruction_that_reads_them},
        {"traps take time under the wall clock only", traps_take_time_under_the_wall_clock_only},
        {"input wakes a kernel that waits for the UART",
         input_wakes_a_kernel_that_waits_for_the_uart},
        {"input that is there from the start is always ready",
         input_that_is_there_from_the_start_is_always_ready},
        {"units are separate and out of range is refused",
         units_are_separate_and_out_of_range_is_refused},
        {"a disk keeps sectors", a_disk_keeps_sectors},
        {"kinds and paths have names", kinds_and_paths_have_names},
        {"a trap is told with its pc, cause and word", a_trap_is_told_with_its_pc_cause_and_word},
        {"there is room for sixteen listeners", there_is_room_for_sixteen_listeners},
        {0},
    }};
